import { both } from './both.ts'
import { counted, plural } from './mail/plural.ts'

/** Texts for channels. Arguments are already formatted, except counts named n, which decide singular and plural. */
export const channel = {
  title: {
    abertas: both(
      (n: number, count: string) =>
        `${count} ${plural(n, 'divergência nova', 'divergências novas')} nesta sessão`,
      (n, count) => `${count} new ${plural(n, 'finding', 'findings')} in this session`,
    ),
    waiting: both('Há divergências à espera', 'Findings are waiting'),
    second: both('Correções esperam a segunda aprovação', 'Corrections are waiting for a second approval'),
    forwarded: both(
      (whom: string) => `Divergências encaminhadas a ${whom} esperam decisão`,
      (whom) => `Findings forwarded to ${whom} are waiting for a decision`,
    ),
    overdue: both('Há divergências vencidas', 'Findings are overdue'),
    limit: both(
      'Limite atingido: a correção automática parou',
      'Limit reached: automatic correction stopped',
    ),
    autonomy: both(
      (rule: string) => `A regra ${rule} perdeu a correção automática`,
      (rule) => `Rule ${rule} lost automatic correction`,
    ),
    session: both('Uma sessão falhou', 'A session failed'),
    rule: both(
      (rule: string) => `A regra ${rule} falhou ou foi pulada`,
      (rule) => `Rule ${rule} failed or was skipped`,
    ),
    schedule: both('A sessão do dia não pôde ser colocada na fila', "Today's session could not be queued"),
    absence: both('Nenhuma sessão do dia terminou no prazo', "Today's session did not end in time"),
    stamp: both('A trilha de auditoria não está sendo carimbada', 'The audit trail is not being stamped'),
    test: both('Teste: este canal funciona', 'Test: this channel works'),
  },
  over: {
    waiting: both('Nada mais espera uma pessoa', 'Nothing waits for a person any more'),
    second: both(
      'Nenhuma correção espera mais a segunda aprovação',
      'No correction waits for a second approval any more',
    ),
    forwarded: both(
      (whom: string) => `Nada mais do que foi encaminhado a ${whom} espera decisão`,
      (whom) => `Nothing forwarded to ${whom} waits for a decision any more`,
    ),
    overdue: both('Nenhuma divergência está vencida', 'No finding is overdue any more'),
    limit: both(
      'A correção automática voltou: a sessão seguinte ficou dentro dos limites',
      'Automatic correction is back: the next session stayed within the limits',
    ),
    autonomy: both(
      (rule: string) => `A regra ${rule} tem de novo a correção automática`,
      (rule) => `Rule ${rule} has automatic correction again`,
    ),
    session: both('As sessões voltaram a terminar', 'Sessions are completed again'),
    rule: both(
      (rule: string) => `A regra ${rule} voltou a rodar`,
      (rule) => `Rule ${rule} runs again`,
    ),
    switchedOff: both(
      (rule: string) => `A regra ${rule}, que falhava, foi desativada`,
      (rule) => `Rule ${rule}, which was failing, was switched off`,
    ),
    schedule: both('A agenda voltou a colocar sessões na fila', 'The schedule queues sessions again'),
    absence: both('Uma sessão voltou a terminar', 'A session has ended again'),
    stamp: both('A trilha de auditoria voltou a ser carimbada', 'The audit trail is stamped again'),
  },
  fact: {
    session: both('Sessão', 'Session'),
    window: both('Janela', 'Window'),
    incremental: both('o que foi carregado desde a última', 'what was loaded since the last one'),
    days: both(
      (from: string, to: string) => `${from} a ${to}`,
      (from, to) => `${from} to ${to}`,
    ),
    fresh: both('Novas', 'New'),
    corrected: both('Corrigidas', 'Corrected'),
    waiting: both('À espera', 'Waiting'),
    second: both('À espera da segunda aprovação', 'Waiting for the second approval'),
    forwarded: both('Encaminhadas', 'Forwarded'),
    overdue: both(
      (days: string) => `Vencidas (mais de ${counted(days, 'dia', 'dias')})`,
      (days) => `Overdue (more than ${counted(days, 'day', 'days')})`,
    ),
    amount: both(
      (count: string, money: string) => `${count}, ${money} em risco`,
      (count, money) => `${count}, ${money} at stake`,
    ),
    since: both('Desde', 'Since'),
    until: both('Até', 'Until'),
    channel: both('Canal', 'Channel'),
  },
  resolved: both('Resolvido', 'Resolved'),
  button: both('Abrir a revisão', 'Open the review'),
}
