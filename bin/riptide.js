#!/usr/bin/env node
// The riptide command from any folder: the same as `npm run riptide --`, without npm's own lines on stdout.
process.argv.splice(2, 0, 'src/main.ts')
await import('../scripts/bootstrap.js')
