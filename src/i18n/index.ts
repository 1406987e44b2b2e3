import type { Language } from '../settings/settings.ts'
import { agenda } from './agenda.ts'
import { arquivar } from './arquivar.ts'
import { avaliar } from './avaliar.ts'
import { both, inLanguage, type Said } from './both.ts'
import { canais } from './canais.ts'
import { channel } from './channel.ts'
import { column } from './column.ts'
import { command } from './command.ts'
import { demo, score } from './demo.ts'
import { code, embedded, error } from './error.ts'
import { example } from './example.ts'
import { exportar } from './exportar.ts'
import { help } from './help.ts'
import { http } from './http.ts'
import { log } from './log.ts'
import { mail } from './mail/mail.ts'
import { notas } from './notas.ts'
import { next, notice, step, window } from './notice.ts'
import { notificacoes } from './notificacoes.ts'
import { option } from './option.ts'
import { planilha } from './planilha.ts'
import { pooler } from './pooler.ts'
import { rest } from './rest.ts'
import { approval, result, rollback } from './result.ts'
import { review } from './review/review.ts'
import { serve, worker } from './service.ts'
import { signin } from './signin.ts'
import { token } from './token.ts'
import { usage } from './usage.ts'
import { verificar } from './verificar.ts'

const TEXTS = {
  help,
  command,
  option,
  example,
  usage,
  error,
  code,
  embedded,
  notice,
  step,
  window,
  next,
  column,
  result,
  approval,
  rollback,
  demo,
  score,
  arquivar,
  avaliar,
  verificar,
  agenda,
  signin,
  token,
  serve,
  worker,
  notas,
  notificacoes,
  canais,
  exportar,
  planilha,
  pooler,
  http,
  rest,
  review,
  log,
  proof: {
    sem_prova: both('sem prova', 'not proved'),
    provada: both('provada', 'proved'),
    refutada: both('refutada', 'refuted'),
  },
  yesNo: both(
    (value: unknown): string => (value ? 'sim' : 'não'),
    (value) => (value ? 'yes' : 'no'),
  ),
}

export type Catalogue = Said<typeof TEXTS>
export type MailText = Said<typeof mail>
export type ChannelText = Said<typeof channel>

/** Everything that users are told, in their language. */
export const catalogue = (language: Language): Catalogue => inLanguage(TEXTS, language)

/** The texts of mail, in its configured language. */
export const mailText = (language: Language): MailText => inLanguage(mail, language)

/** The texts for channels, in the language of each. */
export const channelText = (language: Language): ChannelText => inLanguage(channel, language)
