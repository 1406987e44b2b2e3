import { both } from './both.ts'

export const log = {
  directory: {
    missing: both(
      (directory: string) =>
        `o diretório de CONFERENTE_LOGS não existe: ${directory}\nSugestão: mkdir -p '${directory}', dono o usuário que roda o Conferente, ou aponte CONFERENTE_LOGS para outro`,
      (directory) =>
        `the directory of CONFERENTE_LOGS does not exist: ${directory}\nHint: mkdir -p '${directory}', owned by the user who runs Conferente, or point CONFERENTE_LOGS elsewhere`,
    ),
    not_directory: both(
      (directory: string) =>
        `CONFERENTE_LOGS não é um diretório: ${directory}\nSugestão: aponte para um diretório em que o Conferente possa gravar`,
      (directory) =>
        `CONFERENTE_LOGS is not a directory: ${directory}\nHint: point it to a directory that Conferente may write to`,
    ),
    unwritable: both(
      (directory: string, code: string) =>
        `não é possível gravar logs em ${directory} (CONFERENTE_LOGS): ${code}\nSugestão: dê ao usuário que roda o Conferente o direito de gravar ali e nos arquivos de log que já existem, ou aponte CONFERENTE_LOGS para outro diretório`,
      (directory, code) =>
        `logs cannot be written in ${directory} (CONFERENTE_LOGS): ${code}\nHint: let the user who runs Conferente write there, and to the log files that exist already, or point CONFERENTE_LOGS elsewhere`,
    ),
  },
  broken: both(
    (code: string) =>
      `aviso: os arquivos de log não podem ser gravados (${code}); o trabalho continua, e os eventos esperam na memória`,
    (code) => `warning: the log files cannot be written (${code}); work goes on, and events wait in memory`,
  ),
  mended: both(
    (lost: string) => `os arquivos de log voltaram a ser gravados; eventos perdidos: ${lost}`,
    (lost) => `the log files can be written again; events lost: ${lost}`,
  ),
  opened: both(
    (id: string, mode: string) => `sessão ${id} (${mode}) aberta`,
    (id, mode) => `session ${id} (${mode}) opened`,
  ),
  abandoned: both(
    (id: string) => `sessão ${id} encerrada como falhou: o processo que a conduzia caiu`,
    (id) => `session ${id} closed as falhou: the process that ran it died`,
  ),
  limit: both(
    (limit: string) => `limite atingido: ${limit}; nada do que ele cobre foi corrigido`,
    (limit) => `limit reached: ${limit}; nothing that it covers was corrected`,
  ),
  finished: both(
    (id: string, status: string) => `sessão ${id}: ${status}`,
    (id, status) => `session ${id}: ${status}`,
  ),
  began: both(
    (step: string) => `começa: ${step}`,
    (step) => `started: ${step}`,
  ),
  ended: both(
    (step: string, milliseconds: string) => `pronto: ${step} (${milliseconds} ms)`,
    (step, milliseconds) => `done: ${step} (${milliseconds} ms)`,
  ),
  failed: both(
    (step: string, code: string) => `falhou: ${step} ${code}`,
    (step, code) => `failed: ${step} ${code}`,
  ),
  mail: both(
    (id: string, kind: string, status: string) => `mensagem ${id} (${kind}): ${status}`,
    (id, kind, status) => `message ${id} (${kind}): ${status}`,
  ),
}
