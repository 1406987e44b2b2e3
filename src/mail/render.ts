import { readFileSync } from 'node:fs'
import { Eta } from 'eta'
import mjml2html from 'mjml'
import type { Facts } from './facts.ts'
import { type Files, plainText } from './plain.ts'
import { present } from './present.ts'
import { TREND, trendPng } from './trend.ts'
import type { View } from './view.ts'

export interface Picture {
  readonly cid: string
  readonly filename: string
  readonly content: Buffer
}

export interface Rendered {
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly pictures: readonly Picture[]
}

const template = (name: string) => readFileSync(new URL(`./templates/${name}`, import.meta.url), 'utf8')

// Everything that is filled in is escaped, unless a template says otherwise; ours never do.
const forHtml = new Eta({ autoEscape: true })

/** A whole message from its facts: HTML and plain text that say the same, and the pictures that the HTML shows. */
export async function render(facts: Facts, files?: Files): Promise<Rendered> {
  const view = present(facts)
  const data = { view, files, trend: TREND }
  // Filled in before it is compiled: MJML would take a template's tags for text of its own, and never escapes anything.
  const { html, errors } = await mjml2html(forHtml.renderString(template('message.mjml.eta'), data), {
    validationLevel: 'strict',
    ignoreIncludes: true,
    fonts: {},
    keepComments: false,
  })
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('; '))
  return {
    subject: view.subject,
    html,
    text: plainText(view, files),
    pictures: await pictures(view),
  }
}

function pictures({ rules }: View): Promise<Picture[]> {
  return Promise.all(
    rules.map(async ({ name, picture: { cid, days } }) => ({
      cid,
      filename: `${name}.png`,
      content: await trendPng(days),
    })),
  )
}
