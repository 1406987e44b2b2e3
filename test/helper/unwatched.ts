// Loaded before all else in the process of each test file (see run.ts). tap writes down every file that a test, and every process
// that the test starts, has loaded, for coverage and `--changed`. Nobody uses either here, and it takes as long as the loading itself.
const { env } = process
Object.assign(globalThis, {
  [Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')]: { files: [], sources: {} },
})
env['_TAPJS_PROCESSINFO_EXCLUDE_'] = '/./'
// What a test starts is none of tap's.
env['NODE_OPTIONS'] = env['NODE_OPTIONS']?.replace(/--import=\S+\/unwatched\.ts/, '').trim()
// Types are stripped where they stand, so that lines and columns are those of the source; tap would have the maps of all libraries read.
process.setSourceMapsEnabled(false)
