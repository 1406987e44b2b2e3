import { type MailText, mailText } from '../i18n/index.ts'
import type { Facts } from './facts.ts'
import { createMailFormat, type MailFormat, oneLine } from './format.ts'
import { control, known, presentItem, presentRule, tiles, undone } from './sections.ts'
import type { Tone, View } from './view.ts'

/** Puts the facts of a message into words of its language. Decides nothing about them. */
export function present(facts: Facts): View {
  const text = mailText(facts.idioma)
  const format = createMailFormat(facts.idioma, facts.fuso)
  const { sessao } = facts
  return {
    language: facts.idioma,
    subject: `[${text.product}] ${oneLine(subject(facts, text, format))}`.slice(0, 200),
    kind: text.kind(facts.tipo),
    tone: tone(facts),
    headline: headline(facts, text, format),
    lead: lead(facts, text, format).map(oneLine),
    when: format.longDay(sessao?.fim_processamento ?? facts.criada_em),
    gaps: gaps(facts, text, format),
    undone: undone(facts, text, format),
    tiles: tiles(facts, text, format),
    rules: (facts.regras ?? []).map((rule, i) => presentRule(rule, i, text, format)),
    items: (facts.itens ?? []).map((item) => presentItem(item, text, format)),
    itemsTitle: text.section.items(facts.itens?.length ?? 0),
    control: control(facts, text, format),
    known: known(facts, text, format).map(({ label, value }) => ({ label, value: oneLine(value) })),
    knownTitle: sessao ? text.section.session : text.section.known,
    todo: facts.ausencia && text.absence.todo,
    mail: facts.correio.map((m) =>
      oneLine(text.mailNote(named(m, text), format.time(m.criada_em), m.erro ?? m.status)),
    ),
    url: facts.link,
    // digits only, as conferente verificar --elo takes them
    chain: text.chain(String(facts.cadeia.elo), facts.cadeia.selo),
    footer: text.footer(format.time(facts.gerado_em), facts.fuso),
    text,
  }
}

/** The kind of message, and the channel if it was not a mail. */
const named = ({ tipo, canal }: Facts['correio'][number], text: MailText) =>
  canal == null ? text.kind(tipo) : `${text.kind(tipo)} (${canal})`

function tone({ tipo, estado }: Facts): Tone {
  if (tipo === 'resumo')
    return estado === 'feito' ? 'good' : estado === 'espera' || estado === 'lacunas' ? 'gap' : 'bad'
  return tipo === 'divergencias' || tipo === 'limite' ? 'gap' : 'bad'
}

function subject(facts: Facts, text: MailText, format: MailFormat): string {
  const { tipo, sessao, estado, pedem, ausencia, agendamento } = facts
  if (ausencia) return text.subject.absence(format.plainDay(ausencia.dia), ausencia.prazo)
  if (!sessao) return text.subject.unqueued(format.time(agendamento?.previsto_para ?? facts.criada_em))
  const day = format.day(sessao.fim_processamento ?? facts.criada_em)
  const id = String(sessao.id)
  if (tipo === 'divergencias') {
    const total = pedem?.total ?? 0
    return text.subject.alert(total, format.number(total), format.compact(pedem?.valor ?? '0'))
  }
  if (tipo === 'falha') return text.subject.failure(id, day)
  if (tipo === 'limite') return text.subject.limit(id)
  if (estado === 'falhou') return text.subject.failed(day, id)
  if (estado === 'lacunas') return text.subject.gaps(day, gaps(facts, text, format).join('; '))
  const { novas, corrigidas, encontradas } = sessao
  const did = text.subject.did(encontradas, format.number(novas), format.number(corrigidas))
  const { total, count, overdue } = waits(facts, format)
  if (estado === 'vencidas') return text.subject.overdue(day, did, overdue, total, count)
  return estado === 'espera' ? text.subject.waiting(day, did, total, count) : text.subject.done(day, did)
}

/** What waits now, without what was postponed on purpose. */
function waits({ espera }: Facts, format: MailFormat) {
  const total = (espera?.total ?? 0) - (espera?.adiadas ?? 0)
  return { total, count: format.number(total), overdue: format.number(espera?.vencidas ?? 0) }
}

function headline(facts: Facts, text: MailText, format: MailFormat) {
  const { tipo, estado, pedem, ausencia, sessao } = facts
  if (ausencia) return text.headline.absence(ausencia.prazo)
  if (!sessao) return text.headline.unqueued
  if (tipo === 'divergencias') return text.headline.alert(pedem?.total ?? 0, format.number(pedem?.total ?? 0))
  if (tipo === 'falha') return text.headline.failure
  if (tipo === 'limite') return text.headline.limit
  const { total, count, overdue } = waits(facts, format)
  return {
    feito: text.headline.done,
    espera: text.headline.waiting(total, count),
    vencidas: text.headline.overdue(overdue, total, count),
    lacunas: text.headline.gaps,
    falhou: text.headline.failed,
  }[estado ?? 'falhou']
}

function lead(facts: Facts, text: MailText, format: MailFormat): string[] {
  const { tipo, sessao, estado, espera, pedem, ausencia, agendamento } = facts
  if (ausencia)
    return [
      text.lead.absence(format.plainDay(ausencia.dia), ausencia.prevista?.slice(0, 5) ?? '?', ausencia.prazo),
    ]
  if (!sessao) {
    const due = format.time(agendamento?.previsto_para ?? facts.criada_em)
    return [text.lead.unqueued(due, format.number(agendamento?.tentativas ?? 1))]
  }
  const waiting = espera
    ? [
        text.lead.waiting(espera.total, format.number(espera.total), format.money(espera.valor)) +
          (espera.adiadas > 0 ? ` ${text.lead.postponed(format.number(espera.adiadas))}` : ''),
        ...(espera.vencidas > 0
          ? [
              text.lead.overdue(
                format.number(espera.vencidas),
                format.number(espera.dias_vencimento ?? 0),
                format.money(espera.valor_vencidas),
              ),
            ]
          : []),
      ]
    : []
  if (tipo === 'divergencias')
    return [text.lead.alert(format.number(pedem?.novas ?? 0), format.money(pedem?.valor ?? '0')), ...waiting]
  if (tipo === 'limite') return [text.lead.limit(sessao.limite_atingido ?? ''), ...waiting]
  if (tipo === 'falha' || estado === 'falhou') return [text.lead.failed, ...waiting]
  const { encontradas, linhas_examinadas: rows, valor_em_risco, corrigidas } = sessao
  const did =
    encontradas === 0
      ? text.lead.nothing(rows, format.number(rows))
      : text.lead.found(
          format.number(rows),
          format.number(encontradas),
          format.money(valor_em_risco),
          format.number(corrigidas),
        )
  return [did, ...waiting, ...certified(facts, text, format)]
}

/** How much of the corrected money may be wrong, and the seal that draws this session's part of the sample. */
function certified({ certificado }: Facts, text: MailText, format: MailFormat): string[] {
  if (!certificado) return []
  const { valor, limite, conferidas, tamanho, sessao, selo } = certificado
  const said = text.lead.certified(
    format.money(limite),
    format.money(valor),
    format.number(conferidas),
    format.number(tamanho),
  )
  return [selo === null ? said : `${said} ${text.lead.drawn(String(sessao), selo)}`]
}

function gaps({ lacunas = [] }: Facts, text: MailText, format: MailFormat): string[] {
  return lacunas.map(({ tipo, regra, texto, numero }) => {
    const said = oneLine(texto)
    switch (tipo) {
      case 'regra_falhou':
      case 'regra_pulada':
      case 'so_detectou':
      case 'sem_prova':
      case 'conferencia':
        return text.gap[tipo](oneLine(regra), said)
      case 'nenhuma_linha':
        return text.gap.nenhuma_linha(oneLine(regra))
      case 'periodo_fechado':
        return text.gap.periodo_fechado(oneLine(regra), numero ?? 0, format.number(numero ?? 0))
      case 'recusadas':
      case 'desfeitas':
      case 'notas_recusadas':
        return text.gap[tipo](numero ?? 0, format.number(numero ?? 0))
      default:
        return text.gap[tipo](said)
    }
  })
}
