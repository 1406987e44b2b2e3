import { both, same } from '../both.ts'

export const hints = [
  [same('j k'), both('grupo', 'group')],
  [same('↓ ↑'), same('item')],
  [both('espaço', 'space'), both('tira do grupo', 'leaves out')],
  [same('a'), both('aprova', 'approves')],
  [same('r'), both('rejeita', 'rejects')],
  [same('e'), both('corrige', 'corrects')],
  [same('o'), both('abre', 'opens')],
  [same('u'), both('desfaz', 'undoes')],
  [same('/'), both('busca', 'search')],
  [same('?'), both('ajuda', 'help')],
]

export const help = {
  title: both('Teclas', 'Keys'),
  keys: [
    [same('j k'), both('grupo seguinte, grupo anterior', 'next group, previous group')],
    [same('↓ ↑'), both('item seguinte, item anterior', 'next item, previous item')],
    [
      both('espaço', 'space'),
      both(
        'tira o item do grupo, ou o põe de volta',
        'leaves the item out of the group, or takes it back in',
      ),
    ],
    [
      same('o'),
      both(
        'abre o item: o registro, o porquê, o gêmeo, a história',
        'opens the item: the row, why, the twin, the story',
      ),
    ],
    [
      same('a'),
      both('aprova o grupo, sem o que foi tirado', 'approves the group, without what was left out'),
    ],
    [
      same('r'),
      both('rejeita o grupo: depois 1 a 6, o motivo', 'rejects the group: then 1 to 6, the reason'),
    ],
    [
      same('p'),
      both(
        'procede, tratado fora: para o que só se aponta',
        'right, dealt with outside: for what is only flagged',
      ),
    ],
    [same('e'), both('corrige o item com outro valor', 'corrects the item with another value')],
    [same('m'), both('escreve o motivo da próxima decisão', 'types the reason of the next decision')],
    [
      same('u'),
      both(
        'desfaz o último ato, e o anterior, e assim por diante',
        'undoes the last act, and the one before, and so on',
      ),
    ],
    [
      same('x g'),
      both(
        'em Corrigidas hoje: desfaz a operação, ou só o grupo',
        'in Corrected today: takes back the operation, or the group alone',
      ),
    ],
    [same('/'), both('busca; Esc a limpa', 'searches; Esc clears it')],
    [
      same('1 2 3 4'),
      both(
        'Fila, Segunda aprovação, Corrigidas hoje, Visão geral',
        'Queue, Second approval, Corrected today, Overview',
      ),
    ],
    [same('?'), both('estas teclas', 'these keys')],
  ],
  on: both('Teclas de uma letra ligadas', 'Keys of one letter are on'),
  language: both('', 'What the rules say of a finding comes from the database, in Portuguese.'),
}
