import { both } from './both.ts'
import { examples } from './example.ts'

const FIRST_STEPS = examples(
  'conferente demo',
  'conferente processar --modo manual',
  'conferente listar --detalhe',
)

export const help = {
  usage: both('Uso:', 'Usage:'),
  options: both('Opções:', 'Options:'),
  globalOptions: both('Opções de todos os comandos:', 'Options of all commands:'),
  arguments: both('Argumentos:', 'Arguments:'),
  commands: both('Comandos:', 'Commands:'),
  optionsWord: both('[opções]', '[options]'),
  commandWord: both('[comando]', '[command]'),
  helpOption: both('mostra esta ajuda', 'shows this help'),
  versionOption: both('mostra a versão', 'shows the version'),
  demoOption: both(
    'usa o banco que conferente demo deixou no servidor embutido',
    'uses the database that conferente demo made on the embedded server',
  ),
  description: both(
    'Encontra, explica e corrige divergências de um data warehouse financeiro no PostgreSQL, e presta contas de tudo.',
    'Finds, explains and corrects wrong entries in a financial data warehouse on PostgreSQL, and accounts for everything it does.',
  ),
  environment: both(
    (dataDir: string) => `
Ambiente:
  DATABASE_URL       banco a usar, postgresql://usuario:senha@servidor:5432/banco
                     sem ela, um PostgreSQL embutido; os dados ficam em ${dataDir}
  CONFERENTE_DADOS   outro diretório para os dados do PostgreSQL embutido
  CONFERENTE_IDIOMA  pt-BR ou en

Saída: 0 feito; 1 falhou, ao menos em parte; 2 uso errado.
Resultados vão para stdout, avisos e progresso para stderr.
${FIRST_STEPS['pt-BR']}`,
    (dataDir) => `
Environment:
  DATABASE_URL       database to use, postgresql://user:password@server:5432/database
                     unset, an embedded PostgreSQL; its data are in ${dataDir}
  CONFERENTE_DADOS   another directory for the embedded PostgreSQL's data
  CONFERENTE_IDIOMA  pt-BR or en

Exit codes: 0 done; 1 failed, at least in part; 2 wrong usage.
Results go to stdout, warnings and progress to stderr.
${FIRST_STEPS.en}`,
  ),
}
