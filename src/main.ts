import { processIo, runCli } from '#cli/cli.ts'

const io = processIo({
  env: process.env,
  loadConfig: async (request) => (await import('./config.ts')).loadConfig(request),
})
process.exitCode = await runCli(process.argv.slice(2), io)
