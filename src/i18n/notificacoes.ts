import { both } from './both.ts'

export const notificacoes = {
  noServer: both(
    (waiting: string) =>
      `aviso: SMTP_URL não está definida: nenhuma mensagem é enviada daqui; esperam agora: ${waiting}`,
    (waiting) => `warning: SMTP_URL is not set: no message is sent from here; waiting now: ${waiting}`,
  ),
  waiting: both(
    (n: string) => `mensagens à espera, que serão enviadas: ${n}`,
    (n) => `messages waiting to be sent: ${n}`,
  ),
  nobody: both(
    `aviso: há mensagens que ninguém recebe; defina com conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
    `warning: there are messages that nobody receives; to change that: conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
  ),
  noSender: both(
    'aviso: o remetente é desta máquina, e servidores de e-mail costumam recusá-lo; defina com conferente configurar correio.remetente "Conferente <conferente@empresa.com.br>" --motivo …',
    'warning: the sender is an address of this machine, which mail servers tend to refuse; set another with conferente configurar correio.remetente "Conferente <conferente@empresa.com.br>" --motivo …',
  ),
  noPage: both(
    'aviso: os links das mensagens só abrem nesta máquina; defina com conferente configurar correio.pagina https://conferente.empresa.com.br --motivo …',
    'warning: the links in messages open only on this machine; set the address with conferente configurar correio.pagina https://conferente.empresa.com.br --motivo …',
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
  needsServer: both(
    'para enviar é preciso SMTP_URL, ou um canal (conferente canais)',
    'to send, set SMTP_URL or make a channel (conferente canais)',
  ),
  recipients: both('destinatários', 'recipients'),
  subject: both('assunto', 'subject'),
  attempts: both('tentativas', 'attempts'),
  created: both('criada', 'created'),
  delivered: both('enviada', 'sent'),
  error: both('erro', 'error'),
}
