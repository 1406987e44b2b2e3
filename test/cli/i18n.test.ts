import t from 'tap'
import { en } from '../../src/i18n/en.ts'
import { mailEn } from '../../src/i18n/mail.en.ts'
import { mailPtBR } from '../../src/i18n/mail.pt-BR.ts'
import { ptBR } from '../../src/i18n/pt-BR.ts'

function keys(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, content]) => keys(content, `${path}.${key}`))
}

t.test('both languages say the same things', async (t) => {
  t.strictSame(keys(en), keys(ptBR))
  t.strictSame(keys(mailEn), keys(mailPtBR))
})
