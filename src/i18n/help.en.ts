import type * as ptBR from './help.pt-BR.ts'

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`

export const help: typeof ptBR.help = {
  usage: 'Usage:',
  options: 'Options:',
  globalOptions: 'Options of all commands:',
  arguments: 'Arguments:',
  commands: 'Commands:',
  optionsWord: '[options]',
  commandWord: '[command]',
  helpOption: 'shows this help',
  versionOption: 'shows the version',
  demoOption: 'uses the database that conferente demo left in the embedded server',
  description:
    'Finds, explains, corrects and accounts for divergences in a financial data warehouse on PostgreSQL.',
  environment: (dataDir) => `
Environment:
  DATABASE_URL       database to use, postgresql://user:password@server:5432/database
                     unset, an embedded PostgreSQL; its data are in ${dataDir}
  CONFERENTE_DADOS   another directory for the embedded PostgreSQL's data
  CONFERENTE_IDIOMA  pt-BR or en

Exit codes: 0 done; 1 failed, at least in part; 2 wrong usage.
Results go to stdout, notices and progress to stderr.
${examples('conferente demo', 'conferente processar --modo manual', 'conferente listar --detalhe')}`,
}

export const command: typeof ptBR.command = {
  demo: 'shows everything on an example warehouse: manual session, approval, automatic session, rollback, score',
  migrar: 'brings the database to the current version (roles, schemas, functions)',
  diagnostico: 'checks the warehouse contract, line by line',
  processar: 'runs a session: finds divergences and, in mode auto, corrects what is safe',
  exportar: 'exports findings as CSV or XLSX, as an audited operation',
  listar: 'lists findings, the largest amounts first',
  aprovar: 'approves proposed corrections, which are made at once; large amounts need two people',
  rejeitar: 'rejects findings; they stay silent until the row changes',
  corrigir: "proposes other values for a finding's row; another person approves",
  reabrir: 'reopens findings that were rejected, rolled back or failed',
  reverter: 'takes corrections back exactly: of findings, of an operation or of a session',
  historico: 'tells everything that happened to a row',
  sessoes: 'lists the sessions, the last one first',
  cancelar: 'cancels a session that is queued or under way',
  regras: 'lists the rules',
  avaliar: 'measures a rule over a past window: precision, coverage and calibration; changes nothing',
  padroes: 'lists the trade marketing patterns',
  configurar: 'lists the settings, shows one, or changes it',
  agendar: 'shows or changes the schedule, and writes what keeps the service running',
  trabalhar: 'runs the queued sessions and those of the schedule, until it is ended',
  servir: 'serves the API (GraphQL, REST, health, metrics) until it is stopped',
}

export const option: typeof ptBR.option = {
  port: 'port to listen on; 0 chooses a free one',
  ruru: "GraphQL's page at /ruru and its schema open to all; for development only",
  json: 'one JSON document on stdout',
  mode: 'manual detects only; auto detects and corrects what is safe',
  from: 'first booking date, included; without dates, what was loaded since the last session',
  to: 'last booking date, included',
  fromDay: 'first booking date, included',
  evaluated: 'rule to back-test',
  otherFunction: 'another version of the rule’s function, to compare',
  figure: 'writes the reliability diagram as SVG',
  rules: 'only this rule (may be repeated)',
  simulate: 'takes the real path, says what would change and changes nothing',
  status: (values) => `only those of this status: ${values} (without it, those that wait for a person)`,
  exportFormat: 'csv or xlsx',
  dialect: 'of CSV: pt-BR (semicolons, decimal comma, dd/mm/yyyy; the default) or rfc4180, for programs',
  foundBy: 'only those found by this session',
  exportStatus: (values) => `only those of this status, may be repeated: ${values} (all without it)`,
  foundFrom: 'only those first found on this day or later',
  foundTo: 'only those first found on this day or earlier',
  file: 'file to write, whole or not at all; stdout without it',
  overwrite: 'replaces the file if it exists',
  exportReason: 'what for; kept in the audit',
  ruleFilter: 'only those of this rule',
  limit: 'no more rows than this (20)',
  detail: 'also shows the justification of each',
  ids: 'ids of the findings',
  id: 'id of the finding',
  findings: 'ids of the findings',
  operation: 'id of the operation',
  session: 'id of the session',
  reason: 'why; kept in the audit trail',
  reasonToSet: 'why; required for a change, kept in the audit trail',
  value: 'column and its right value (may be repeated)',
  table: 'schema-qualified table, such as dw.lancamentos',
  recordId: 'key of the row',
  key: 'name of the setting; without it, all of them',
  newValue: 'new value; without it, shows the present one',
  contractTable: 'relation to check (dw.lancamentos)',
  rows: 'how many entries to generate (500000)',
  seed: 'the same seed makes the same warehouse (42)',
  cron: 'minute hour day month weekday, in numbers (0 7 * * *)',
  zone: 'IANA time zone in which the time is read (America/Sao_Paulo)',
  showSchedule: 'only shows the schedule and the next five runs',
  systemd: 'writes a systemd unit to this file (- for stdout); installs nothing',
  windows: 'writes a Windows Task Scheduler task to this file (- for stdout); installs nothing',
  crontab: 'writes the crontab lines for those who run without a worker (- for stdout); installs nothing',
  stopWithin: 'how long it may take, once asked to end, to finish or hand back what is under way',
}

export const example: typeof ptBR.example = {
  demo: examples('conferente demo', 'conferente demo --linhas 20000 --semente 7'),
  migrar: examples('conferente migrar', 'DATABASE_URL=postgresql://dba@server/finance conferente migrar'),
  diagnostico: examples('conferente diagnostico', 'conferente diagnostico --json'),
  processar: examples(
    'conferente processar --modo manual',
    'conferente processar --modo auto --data-inicio 2026-10-01 --data-fim 2026-10-31',
    'conferente processar --modo auto --regra trade_marketing --simular',
  ),
  listar: examples(
    'conferente listar --detalhe',
    'conferente listar --status aguardando_segunda_aprovacao',
    'conferente listar --regra validacao_valores --limite 100 --json',
  ),
  exportar: examples(
    'conferente exportar --formato xlsx --arquivo findings.xlsx',
    'conferente exportar --formato csv --sessao 7 --arquivo session-7.csv --motivo "external audit"',
    'conferente exportar --formato csv --dialeto rfc4180 --status aberta --status falha | gzip > open.csv.gz',
  ),
  aprovar: examples('conferente aprovar 12 15 --motivo "checked against the invoice"'),
  rejeitar: examples('conferente rejeitar 12 --motivo "the entry is right"'),
  corrigir: examples('conferente corrigir 12 --valor categoria="Trade Marketing" --motivo "invoice 4711"'),
  reabrir: examples('conferente reabrir 12 --motivo "rejected by mistake"'),
  reverter: examples(
    'conferente reverter --divergencia 12 15 --motivo "approved by mistake"',
    'conferente reverter --operacao 31 --motivo "wrong pattern"',
    'conferente reverter --sessao 7 --motivo "incomplete load"',
  ),
  historico: examples('conferente historico dw.lancamentos 4711'),
  sessoes: examples('conferente sessoes --limite 5'),
  cancelar: examples('conferente cancelar 7 --motivo "wrong window"'),
  regras: examples('conferente regras'),
  avaliar: examples(
    'conferente avaliar --regra pendente_verificacao --data-inicio 2026-07-01 --data-fim 2026-10-31',
    'conferente avaliar --regra trade_marketing --data-inicio 2026-01-01 --data-fim 2026-06-30 --figura curve.svg',
  ),
  padroes: examples('conferente padroes --json'),
  configurar: examples(
    'conferente configurar',
    'conferente configurar limites.linhas',
    'conferente configurar limites.linhas 20000 --motivo "asked for by controlling"',
  ),
  agendar: examples(
    'conferente agendar',
    'conferente agendar --mostrar',
    'conferente agendar --cron "30 6 * * 1-5" --fuso America/Sao_Paulo --modo auto --motivo "before opening"',
    'conferente agendar --systemd conferente.service',
  ),
  servir: examples('conferente servir', 'conferente servir --porta 0'),
  trabalhar: examples('conferente trabalhar', 'conferente trabalhar --prazo 60'),
}
