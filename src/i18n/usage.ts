import { both } from './both.ts'

export const usage = {
  seeHelp: both(
    'Veja conferente --help, ou conferente COMANDO --help.',
    'See conferente --help, or conferente COMMAND --help.',
  ),
  didYouMean: both(
    (nearest: string) => `Seria ${nearest}?`,
    (nearest) => `Did you mean ${nearest}?`,
  ),
  unknownOption: both(
    (name: string) => `opção desconhecida: ${name}`,
    (name) => `unknown option: ${name}`,
  ),
  unknownCommand: both(
    (name: string) => `comando desconhecido: ${name}`,
    (name) => `unknown command: ${name}`,
  ),
  missingArgument: both(
    (name: string) => `falta o argumento ${name}`,
    (name) => `argument ${name} is missing`,
  ),
  optionMissingArgument: both(
    (flags: string) => `falta o valor da opção ${flags}`,
    (flags) => `the value of option ${flags} is missing`,
  ),
  missingOption: both(
    (flags: string) => `falta a opção obrigatória ${flags}`,
    (flags) => `required option ${flags} is missing`,
  ),
  conflict: both(
    (a: string, b: string) => `${a} não pode ser usada com ${b}`,
    (a, b) => `${a} cannot be used with ${b}`,
  ),
  excessArguments: both('argumentos demais', 'too many arguments'),
  dateForm: both(
    (value: string) => `data mal escrita: ${value}; escreva AAAA-MM-DD, como 2026-10-31`,
    (value) => `badly written date: ${value}; write YYYY-MM-DD, such as 2026-10-31`,
  ),
  monthForm: both(
    (value: string) => `mês mal escrito: ${value}; escreva AAAA-MM, como 2026-10`,
    (value) => `badly written month: ${value}; write YYYY-MM, such as 2026-10`,
  ),
  dateImpossible: both(
    (value: string) => `data impossível: ${value} não existe no calendário`,
    (value) => `impossible date: ${value} is not in the calendar`,
  ),
  datesReversed: both(
    (from: string, to: string) =>
      `datas invertidas: ${from} vem depois de ${to}; a data de início vem antes, e os dois dias entram na janela`,
    (from, to) =>
      `window reversed: ${from} is after ${to}; the first date must come first, and both are included`,
  ),
  integer: both(
    (value: string, least: number, most: number) =>
      `número inválido: ${value}; é preciso um inteiro de ${least} a ${most}`,
    (value, least, most) => `invalid number: ${value}; an integer from ${least} to ${most} is needed`,
  ),
  id: both(
    (value: string) => `id inválido: ${value}; é preciso um inteiro positivo`,
    (value) => `invalid id: ${value}; a positive integer is needed`,
  ),
  link: both(
    (value: string) => `elo inválido: ${value}; é preciso um inteiro desde 0, sem pontos`,
    (value) => `invalid link: ${value}; an integer from 0 is needed, without separators`,
  ),
  seal: both(
    (value: string) => `selo inválido: ${value}; são 64 dígitos hexadecimais`,
    (value) => `invalid seal: ${value}; it has 64 hexadecimal digits`,
  ),
  witnessBoth: both(
    '--elo e --selo vêm juntos, da mesma mensagem',
    '--elo and --selo come together, from the same message',
  ),
  oneOf: both(
    (value: string, values: string) => `valor inválido: ${value}; são possíveis: ${values}`,
    (value, values) => `invalid value: ${value}; allowed: ${values}`,
  ),
  assignment: both(
    (value: string) => `valor mal escrito: ${value}; escreva coluna=valor`,
    (value) => `badly written value: ${value}; write column=value`,
  ),
  unknownRule: both(
    (name: string, known: string) => `regra desconhecida: ${name}; existem: ${known}`,
    (name, known) => `unknown rule: ${name}; known rules: ${known}`,
  ),
  personOne: both(
    'uma coisa de cada vez: --nome, --remover, --ligar, --desligar, --esquecer ou --identidades',
    'one thing at a time: --nome, --remover, --ligar, --desligar, --esquecer or --identidades',
  ),
  tokenOne: both(
    'informe exatamente um: --papel com --nome, --listar, --revogar ou --revogar-pessoa',
    'give exactly one: --papel with --nome, --listar, --revogar or --revogar-pessoa',
  ),
  validity: both(
    (value: string, most: number) =>
      `prazo inválido: ${value}; escreva 12h, 90d, 6m ou 1a, no máximo ${most} dias`,
    (value, most) => `invalid validity: ${value}; write 12h, 90d, 6m or 1a, at most ${most} days`,
  ),
  unknownSetting: both(
    (key: string) => `configuração desconhecida: ${key}; veja todas com conferente configurar`,
    (key) => `unknown setting: ${key}; see all with conferente configurar`,
  ),
  exceptionOne: both(
    'informe uma só coisa: --declarar, --regra com --registro, --revogar ou --todas; --ate e --motivo vão só com quem declara ou revoga',
    'give exactly one: --declarar, --regra with --registro, --revogar or --todas; --ate and --motivo are only for declaring or revoking',
  ),
  unknownFinding: both(
    (id: string) => `divergência desconhecida: ${id}`,
    (id) => `unknown finding: ${id}`,
  ),
  reopenOne: both('informe os ids, ou --sessao', 'give the ids, or --sessao'),
  autoBoth: both('--auto e --motivo vêm juntos', '--auto and --motivo come together'),
  grantBoth: both(
    '--correcoes e --valor vêm juntos, com --auto',
    '--correcoes and --valor come together, with --auto',
  ),
  certifyOne: both(
    'informe --certa ou --errada, com --motivo; sem eles, a amostra é mostrada',
    'give --certa or --errada, with --motivo; without them the sample is shown',
  ),
  rollbackOne: both(
    'informe exatamente um: --divergencia, --operacao ou --sessao',
    'give exactly one: --divergencia, --operacao or --sessao',
  ),
  demoNeedsEmbedded: both(
    '--demo usa o banco da demonstração, no servidor embutido; não combina com DATABASE_URL',
    "--demo uses the demo's database on the embedded server; it cannot be combined with DATABASE_URL",
  ),
  demoTwice: both('o comando demo não aceita --demo', 'command demo takes no --demo'),
}
