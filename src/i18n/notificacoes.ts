import { both } from './both.ts'

export const notificacoes = {
  noServer: both(
    (waiting: string) =>
      `aviso: SMTP_URL não está definida: nenhuma mensagem é enviada daqui; esperam agora: ${waiting}`,
    (waiting) => `warning: SMTP_URL is not set: no message is sent from here; waiting now: ${waiting}`,
  ),
  waiting: both(
    (n: string) => `mensagens à espera, que serão enviadas: ${n}`,
    (n) => `messages waiting, which will be sent: ${n}`,
  ),
  nobody: both(
    (kinds: string) =>
      `aviso: ninguém recebe mensagens de ${kinds}; defina com conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
    (kinds) =>
      `warning: nobody receives messages of ${kinds}; set it with conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
  ),
  none: both('Nenhuma mensagem.', 'No messages.'),
  sent: both(
    (sent: string, failed: string) => `enviadas: ${sent}; não enviadas: ${failed}`,
    (sent, failed) => `sent: ${sent}; not sent: ${failed}`,
  ),
  unsent: both(
    (id: string, reason: string) => `  mensagem ${id}: ${reason}`,
    (id, reason) => `  message ${id}: ${reason}`,
  ),
  needsServer: both('para enviar é preciso SMTP_URL', 'sending needs SMTP_URL'),
  recipients: both('destinatários', 'recipients'),
  subject: both('assunto', 'subject'),
  attempts: both('tentativas', 'attempts'),
  created: both('criada', 'created'),
  delivered: both('enviada', 'sent'),
  error: both('erro', 'error'),
}
