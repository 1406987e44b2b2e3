import { both } from './both.ts'

export const canais = {
  none: both(
    'Nenhum canal. Crie um com conferente canais salvar.',
    'No channel. Make one with conferente canais salvar.',
  ),
  name: both(
    'nome do canal: letras minúsculas, algarismos, _ e -',
    'name of the channel: lower-case letters, digits, _ and -',
  ),
  kind: both(
    'webhook, teams ou slack; obrigatório num canal novo',
    'webhook, teams or slack; required for a new channel',
  ),
  address: both(
    'pede outro endereço: sem terminal, a primeira linha da entrada padrão',
    'asks for a new address; without a terminal it is the first line of standard input',
  ),
  secret: both(
    'outro segredo para o webhook: sem terminal, a última linha da entrada padrão; sem ela, um é gerado e mostrado uma vez',
    'a new secret for the webhook; without a terminal it is the last line of standard input; if there is none, one is generated and shown once',
  ),
  events: both(
    'eventos a avisar, separados por vírgula: abertas, pessoa, limite, autonomia, falha, resolvido',
    'events to report, separated by commas: abertas, pessoa, limite, autonomia, falha, resolvido',
  ),
  withoutAmounts: both('deixa os valores fora das mensagens', 'leaves amounts out of the messages'),
  withAmounts: both('inclui os valores nas mensagens', 'puts amounts in the messages'),
  language: both('idioma das mensagens', 'language of the messages'),
  askAddress: both('Endereço do canal (não aparece)', 'Address of the channel (not shown)'),
  askSecret: both(
    'Segredo do webhook (não aparece; vazio: um é gerado)',
    'Secret of the webhook (not shown; empty: one is generated)',
  ),
  needsAddress: both(
    'falta o endereço do canal na entrada padrão',
    'the address of the channel is missing on standard input',
  ),
  saved: both(
    (name: string, server: string) =>
      `canal ${name} salvo: ${server}; teste com conferente canais testar ${name}`,
    (name, server) => `channel ${name} saved: ${server}; try it with conferente canais testar ${name}`,
  ),
  shownOnce: both('segredo para quem recebe, mostrado só agora:', 'secret for the receiver, shown only now:'),
  off: both(
    (name: string) => `canal ${name} desligado`,
    (name) => `channel ${name} switched off`,
  ),
  arrived: both(
    (name: string) => `o canal ${name} recebeu a mensagem de teste`,
    (name) => `channel ${name} received the test message`,
  ),
  internal: both(
    (address: string) =>
      `${address} é um endereço interno; quem opera o worker pode permiti-lo em CONFERENTE_CANAIS_REDES`,
    (address) =>
      `${address} is an internal address; the operator of the worker may allow it in CONFERENTE_CANAIS_REDES`,
  ),
  refused: both(
    (name: string, error: string) => `o canal ${name} não recebeu: ${error}`,
    (name, error) => `channel ${name} did not receive it: ${error}`,
  ),
  queued: both(
    (id: string) =>
      `mensagem de teste na fila: quem a envia é o worker (conferente trabalhar); veja a mensagem ${id} em conferente notificacoes`,
    (id) =>
      `test message queued: the worker sends it (conferente trabalhar); see message ${id} in conferente notificacoes`,
  ),
  server: both('servidor', 'server'),
  eventsColumn: both('avisa de', 'events'),
  amounts: both('valores', 'amounts'),
  languageColumn: both('idioma', 'language'),
  active: both('ativo', 'active'),
  last: both('última mensagem', 'last message'),
}
