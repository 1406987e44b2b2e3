export const notificacoes = {
  noServer: (waiting: string) =>
    `aviso: SMTP_URL não está definida: nenhuma mensagem é enviada daqui; esperam agora: ${waiting}`,
  waiting: (n: string) => `mensagens à espera, que serão enviadas: ${n}`,
  nobody: (kinds: string) =>
    `aviso: ninguém recebe mensagens de ${kinds}; defina com conferente configurar correio.destinatarios '["maria@empresa.com.br"]' --motivo …`,
  none: 'Nenhuma mensagem.',
  sent: (sent: string, failed: string) => `enviadas: ${sent}; não enviadas: ${failed}`,
  unsent: (id: string, reason: string) => `  mensagem ${id}: ${reason}`,
  needsServer: 'para enviar é preciso SMTP_URL',
  recipients: 'destinatários',
  subject: 'assunto',
  attempts: 'tentativas',
  created: 'criada',
  delivered: 'enviada',
  error: 'erro',
}
