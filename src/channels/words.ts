import { type ChannelText, channelText } from '../i18n/index.ts'
import { createMailFormat, type MailFormat, oneLine } from '../mail/format.ts'
import type { Notice, Problem } from './facts.ts'

/** A message in the words that people read, the same for Teams and Slack. Nothing in it is escaped yet. */
export interface Words {
  readonly title: string
  /** Whether it announces that something is over. */
  readonly good: boolean
  /** The reported problem in its own words; may contain anything. */
  readonly text: string | null
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly button: { readonly label: string; readonly url: string }
}

export function wordsOf(notice: Notice): Words {
  const text = channelText(notice.idioma)
  const format = createMailFormat(notice.idioma, notice.fuso)
  const good = notice.tipo === 'resolvido'
  const title = titleOf(notice, text, format)
  return {
    title: oneLine(good ? `${text.resolved}: ${title}` : title).slice(0, 140),
    good,
    text: notice.texto === null ? null : oneLine(notice.texto),
    facts: factsOf(notice, text, format).map(([label, value]) => [label, oneLine(value)]),
    button: { label: text.button, url: notice.link },
  }
}

function titleOf({ tipo, problema, sessao }: Notice, text: ChannelText, format: MailFormat): string {
  if (tipo === 'abertas') return text.title.abertas(sessao?.novas ?? 0, format.number(sessao?.novas ?? 0))
  if (problema === null) return text.title.test
  const over = tipo === 'resolvido'
  const rule = problema.regra ?? ''
  if (over && problema.desfecho === 'desativada') return text.over.switchedOff(rule)
  const said = over ? text.over : text.title
  const which = kindOf(problema)
  if (which === 'rule' || which === 'autonomy') return said[which](rule)
  if (which === 'forwarded') return said.forwarded(problema.para ?? '')
  return said[which]
}

/** Which text a problem has, by its kind and key. */
function kindOf({ tipo, chave, regra, para }: Problem) {
  if (tipo === 'abertas') return 'waiting'
  if (tipo === 'limite') return 'limit'
  if (tipo === 'autonomia') return 'autonomy'
  if (tipo === 'pessoa') return para !== null ? 'forwarded' : chave === 'vencidas' ? 'overdue' : 'second'
  if (regra !== null) return 'rule'
  return chave === 'agenda'
    ? 'schedule'
    : chave === 'carimbo'
      ? 'stamp'
      : chave === 'ausencia'
        ? 'absence'
        : 'session'
}

function factsOf(
  { tipo, canal, problema, sessao, espera }: Notice,
  { fact }: ChannelText,
  format: MailFormat,
): [string, string][] {
  const counted = (count: number, amount: string | undefined) =>
    amount === undefined || count === 0
      ? format.number(count)
      : fact.amount(format.number(count), format.money(amount))
  const facts: [string, string][] = []
  if (sessao !== null) {
    facts.push([fact.session, String(sessao.id)], [fact.window, windowOf(sessao, fact, format)])
    if (tipo === 'abertas')
      facts.push(
        [fact.fresh, format.number(sessao.novas)],
        [fact.corrected, format.number(sessao.corrigidas)],
      )
  }
  if (espera !== null) {
    facts.push([fact.waiting, counted(espera.total, espera.valor)])
    if (espera.segunda > 0) facts.push([fact.second, format.number(espera.segunda)])
    if (espera.encaminhadas > 0) facts.push([fact.forwarded, format.number(espera.encaminhadas)])
    if (espera.vencidas > 0)
      facts.push([
        fact.overdue(format.number(espera.dias_vencimento ?? 0)),
        counted(espera.vencidas, espera.valor_vencidas),
      ])
  }
  if (problema !== null && tipo !== 'abertas') facts.push([fact.since, format.time(problema.desde)])
  if (problema?.ate != null) facts.push([fact.until, format.time(problema.ate)])
  if (tipo === 'teste') facts.push([fact.channel, canal])
  return facts
}

function windowOf(
  { incremental, data_inicio, data_fim }: NonNullable<Notice['sessao']>,
  fact: ChannelText['fact'],
  format: MailFormat,
): string {
  if (incremental) return fact.incremental
  const day = (date: string | null) => (date === null ? '…' : format.plainDay(date))
  return fact.days(day(data_inicio), day(data_fim))
}
