import type { log as ptBR } from './log.pt-BR.ts'

export const log: typeof ptBR = {
  directory: {
    missing: (directory) =>
      `the directory of CONFERENTE_LOGS does not exist: ${directory}\nHint: mkdir -p '${directory}', owned by the user who runs Conferente, or point CONFERENTE_LOGS elsewhere`,
    not_directory: (directory) =>
      `CONFERENTE_LOGS is not a directory: ${directory}\nHint: point it to a directory that Conferente may write to`,
    unwritable: (directory, code) =>
      `logs cannot be written in ${directory} (CONFERENTE_LOGS): ${code}\nHint: let the user who runs Conferente write there, and to the log files that exist already, or point CONFERENTE_LOGS elsewhere`,
  },
  broken: (code) =>
    `warning: the log files cannot be written (${code}); work goes on, and events wait in memory`,
  mended: (lost) => `the log files are written again; events lost: ${lost}`,
  opened: (id, mode) => `session ${id} (${mode}) opened`,
  abandoned: (id) => `session ${id} closed as falhou: its conductor died`,
  limit: (limit) => `limit tripped: ${limit}; nothing that it covers was corrected`,
  finished: (id, status) => `session ${id}: ${status}`,
  began: (step) => `begins: ${step}`,
  ended: (step, milliseconds) => `done: ${step} (${milliseconds} ms)`,
  failed: (step, code) => `failed: ${step} ${code}`,
  mail: (id, kind, status) => `message ${id} (${kind}): ${status}`,
}
