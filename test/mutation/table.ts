import type { Outcome } from './mutation.ts'

const INTRO = `# Mutations

Written by \`npm run mutation -- --write\`: each line breaks one small thing in one file below \`sql/\`, in a database of its own, and names the
first assertion that failed on it. A line that no test notices makes the command fail, and so does one whose text is no longer in its file.
`

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
const code = (text: string) => (text === '' ? '(nothing)' : `\`\` ${cell(text)} \`\``)

/** The page with a table for each subject; those that were not tried now stay as the page had them. */
export function table(outcomes: readonly Outcome[], page: string): string {
  const bySubject = Map.groupBy(outcomes, ({ subject }) => subject)
  const before = page.split(/^(?=## )/m).filter((part) => part.startsWith('## '))
  const kept = before.filter((part) => !bySubject.has(part.slice(3, part.indexOf('\n'))))
  const parts = [...bySubject].map(([subject, list]) =>
    [
      `## ${subject}`,
      '',
      `${list.length} mutations, ${list.filter(({ caught }) => caught === undefined).length} not caught.`,
      '',
      '| file | from | to | caught by |',
      '| --- | --- | --- | --- |',
      ...list.map(
        ({ file, from, to, caught }) =>
          `| ${file} | ${code(from)} | ${code(to)} | ${caught === undefined ? '**nothing**' : cell(caught)} |`,
      ),
      '',
    ].join('\n'),
  )
  return [INTRO, ...[...kept.map((part) => part.trimEnd().concat('\n')), ...parts].sort()].join('\n')
}
