import type { AddCommand } from '../add-command.ts'
import { addAlarms } from './lab-alarms.ts'
import { addDumps } from './lab-dumps.ts'
import { addEarnings } from './lab-earnings.ts'
import { addPumps } from './lab-pumps.ts'
import { addRank } from './lab-rank.ts'

/** Experiments on recorded data; each command is a file of its own beside this one. */
export const addLab: AddCommand = (program, shell) => {
  const lab = program
    .command('lab')
    .description('measure how well strategies find pumps in recorded data, and what they earn')
  for (const add of [addPumps, addAlarms, addRank, addDumps, addEarnings]) add(lab, shell)
}
