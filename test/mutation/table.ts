import type { Outcome } from './mutation.ts'
import { SUBJECTS } from './subjects.ts'

const INTRO = `# Mutations

\`npm run mutation\` breaks one small thing after another in \`sql/\`, each in its own database, and runs the tests of that subject.
It prints \`caught\` or \`SURVIVED\` for each, and fails when one survives or no longer fits its file. \`npm run mutation -- trade_marketing\`
runs one subject, \`--sample 40\` as many mutations drawn at random. With \`--write\` it records the count here:

| subject | mutations tried | of | not caught | on |
| --- | --- | --- | --- | --- |
`

/** The page with the count of each subject; those not tried now stay as they were on the page. */
export function table(outcomes: readonly Outcome[], page: string): string {
  const day = new Date().toISOString().slice(0, 10)
  const rows = new Map(
    [...page.matchAll(/^\| (\S.*?) \| \d+ \| \d+ \| \d+ \| .* \|$/gm)].map(([row, subject = '']) => [
      subject,
      row,
    ]),
  )
  for (const [subject, list] of Map.groupBy(outcomes, ({ subject }) => subject)) {
    const survived = list.filter(({ caught }) => caught === undefined).length
    const known = SUBJECTS.find(({ name }) => name === subject)?.mutations.length ?? list.length
    rows.set(subject, `| ${subject} | ${list.length} | ${known} | ${survived} | ${day} |`)
  }
  return `${INTRO}${[...rows.values()].sort().join('\n')}\n`
}
