import type { Catalogue } from './pt-BR.ts'

export const notificacoes: Catalogue['notificacoes'] = {
  noServer: (waiting) =>
    `warning: SMTP_URL is not set: no message is sent from here; waiting now: ${waiting}`,
  waiting: (n) => `messages waiting, which will be sent: ${n}`,
  nobody: (kinds) =>
    `warning: nobody receives messages of ${kinds}; set it with conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
  none: 'No messages.',
  sent: (sent, failed) => `sent: ${sent}; not sent: ${failed}`,
  unsent: (id, reason) => `  message ${id}: ${reason}`,
  needsServer: 'sending needs SMTP_URL',
  recipients: 'recipients',
  subject: 'subject',
  attempts: 'attempts',
  created: 'created',
  delivered: 'sent',
  error: 'error',
}
