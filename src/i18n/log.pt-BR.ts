export const log = {
  directory: {
    missing: (directory: string) =>
      `o diretório de CONFERENTE_LOGS não existe: ${directory}\nSugestão: mkdir -p '${directory}', dono o usuário que roda o Conferente, ou aponte CONFERENTE_LOGS para outro`,
    not_directory: (directory: string) =>
      `CONFERENTE_LOGS não é um diretório: ${directory}\nSugestão: aponte para um diretório em que o Conferente possa gravar`,
    unwritable: (directory: string, code: string) =>
      `não é possível gravar logs em ${directory} (CONFERENTE_LOGS): ${code}\nSugestão: dê ao usuário que roda o Conferente o direito de gravar ali e nos arquivos de log que já existem, ou aponte CONFERENTE_LOGS para outro diretório`,
  },
  broken: (code: string) =>
    `aviso: os arquivos de log não podem ser gravados (${code}); o trabalho continua, e os eventos esperam na memória`,
  mended: (lost: string) => `os arquivos de log voltaram a ser gravados; eventos perdidos: ${lost}`,
  opened: (id: string, mode: string) => `sessão ${id} (${mode}) aberta`,
  abandoned: (id: string) => `sessão ${id} encerrada como falhou: quem a conduzia morreu`,
  limit: (limit: string) => `limite atingido: ${limit}; nada do que ele cobre foi corrigido`,
  finished: (id: string, status: string) => `sessão ${id}: ${status}`,
  began: (step: string) => `começa: ${step}`,
  ended: (step: string, milliseconds: string) => `pronto: ${step} (${milliseconds} ms)`,
  failed: (step: string, code: string) => `falhou: ${step} ${code}`,
  mail: (id: string, kind: string, status: string) => `mensagem ${id} (${kind}): ${status}`,
}
