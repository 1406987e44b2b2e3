import { both } from './both.ts'

/** What conferente arquivar says. */
export const arquivar = {
  planned: both(
    (months: string, operations: string, facts: string) =>
      `Iriam para o arquivo: ${months}, ${facts} fatos de ${operations} operações. Nada foi feito.`,
    (months, operations, facts) =>
      `These would go to the archive: ${months}, ${facts} facts of ${operations} operations. Nothing was done.`,
  ),
  done: both(
    (months: string, operations: string, facts: string, id: string) =>
      `Arquivado: ${months}, ${facts} fatos de ${operations} operações (operação ${id}).`,
    (months, operations, facts, id) =>
      `Archived: ${months}, ${facts} facts of ${operations} operations (operation ${id}).`,
  ),
  file: both(
    (file: string, sha256: string, link: string, seal: string) =>
      `Guarde ${file} fora daqui: SHA-256 ${sha256}, até o elo ${link}, selo ${seal}.`,
    (file, sha256, link, seal) =>
      `Keep ${file} elsewhere: SHA-256 ${sha256}, up to link ${link}, seal ${seal}.`,
  ),
  left: both(
    'Os meses estão no esquema audit_arquivo, que só administradores leem; quem cuida do servidor pode levá-los.',
    'The months are in schema audit_arquivo, which only administrators may read. The owner of the server may move them elsewhere.',
  ),
  deleted: both(
    'Os meses foram apagados do banco: só o arquivo os tem.',
    'The months were deleted from the database. Now only the file has them.',
  ),
  unproven: both(
    (file: string, why: string) =>
      `${file} não prova a trilha (${why}): nada foi arquivado. Veja conferente verificar --arquivo`,
    (file, why) =>
      `${file} does not prove the trail (${why}): nothing was archived. See conferente verificar --arquivo`,
  ),
}
