import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { referencePage, referencePath } from '../scripts/indicator-reference.ts'

test('docs/indicators.md is what node scripts/indicator-reference.ts writes', () => {
  expect(readFileSync(referencePath, 'utf8')).toBe(referencePage())
})
