import type { View } from './view.ts'

/** What became of the files that belong to a message. */
export interface Files {
  /** In words: what is attached, or why it is not. */
  readonly note: string
  /** Where they can be fetched instead. */
  readonly url?: string | undefined
}

/** The plain text of a message: the words of the HTML in the same order. Every piece of the view is one line. */
export function plainText(view: View, files?: Files): string {
  const { text } = view
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `== ${title}`, ...lines]
  const pairs = (rows: readonly { label: string; value: string }[]) =>
    rows.map(({ label, value }) => `${label}: ${value}`)
  return [
    view.headline.toUpperCase(),
    `${view.kind}, ${view.when}`,
    '',
    ...view.lead,
    ...section(
      text.section.gaps,
      view.gaps.map((gap) => `- ${gap}`),
    ),
    ...(view.undone
      ? section(view.undone.title, [
          ...view.undone.lines.map((line) => `- ${line}`),
          `${view.undone.link}: ${view.undone.url}`,
        ])
      : []),
    ...section(
      text.section.mail,
      view.mail.map((line) => `- ${line}`),
    ),
    ...(view.tiles.length > 0 ? [''] : []),
    ...view.tiles.map(({ label, value, note }) => `${label}: ${value} (${note})`),
    '',
    `${text.button}: ${view.url}`,
    ...section(text.section.rules, view.rules.flatMap(ruleLines)),
    ...section(view.itemsTitle, view.items.flatMap(itemLines)),
    ...section(text.section.control, view.control ? [...pairs(view.control.rows), view.control.note] : []),
    ...section(view.knownTitle, pairs(view.known)),
    ...(view.todo ? ['', view.todo] : []),
    ...(files ? ['', [files.note, files.url].filter(Boolean).join(' ')] : []),
    ...section(text.section.chain, [view.chain, text.chainNote]),
    '',
    view.footer,
    '',
  ].join('\n')
}

function ruleLines(rule: View['rules'][number]): string[] {
  const { name, state, description, figures, waiting, trend } = rule
  return [
    '',
    state ? `* ${name} (${state})` : `* ${name}`,
    `  ${description}`,
    `  ${figures}; ${waiting}`,
    `  ${trend}`,
  ]
}

function itemLines(item: View['items'][number]): string[] {
  return [
    '',
    `* ${item.amount}, ${item.rule}, ${item.record}, ${item.status}`,
    `  ${item.sentence}`,
    ...item.changes.map(({ column, before, after }) => `  ${column}: ${before} → ${after}`),
    ...(item.flagOnly ? [`  ${item.flagOnly}`] : []),
    `  ${item.note}`,
    `  ${item.link}: ${item.url}`,
  ]
}
