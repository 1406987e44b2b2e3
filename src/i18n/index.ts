import type { Language } from '../settings/settings.ts'
import { en } from './en.ts'
import { mailEn } from './mail.en.ts'
import { type MailText, mailPtBR } from './mail.pt-BR.ts'
import { type Catalogue, ptBR } from './pt-BR.ts'

const CATALOGUES: Record<Language, Catalogue> = { 'pt-BR': ptBR, en }
const MAIL: Record<Language, MailText> = { 'pt-BR': mailPtBR, en: mailEn }

/** Everything said to users, in their language. */
export function catalogue(language: Language): Catalogue {
  return CATALOGUES[language]
}

/** Everything that messages say, in the language that is set for them. */
export function mailText(language: Language): MailText {
  return MAIL[language]
}
