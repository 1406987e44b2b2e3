import { both, same } from '../both.ts'

export const hints = [
  [same('j k'), both('grupo', 'group')],
  [same('↓ ↑'), same('item')],
  [both('espaço', 'space'), both('tira do grupo', 'leaves out')],
  [same('a'), both('aprova', 'approves')],
  [same('r'), both('rejeita', 'rejects')],
  [same('s'), both('adia', 'postpones')],
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
      both('tira o item do grupo, ou o coloca de volta', 'leaves the item out of the group, or puts it back'),
    ],
    [
      same('o'),
      both(
        'abre o item: registro, motivo, lançamento original, histórico',
        'opens the item: row, reason, twin, history',
      ),
    ],
    [
      same('a'),
      both('aprova o grupo, sem o que foi tirado', 'approves the group, without what was left out'),
    ],
    [
      same('r'),
      both('rejeita o grupo: depois um algarismo, o motivo', 'rejects the group: then a digit, the reason'),
    ],
    [
      same('p'),
      both(
        'procede, tratado fora: para o que só se aponta',
        'real, dealt with elsewhere: for what is only flagged',
      ),
    ],
    [same('e'), both('corrige o item com outro valor', 'corrects the item with another value')],
    [
      same('s'),
      both('adia o grupo: depois até quando, e por quê', 'postpones the group: then until when, and why'),
    ],
    [same('f'), both('encaminha o grupo a outra pessoa', 'forwards the group to somebody else')],
    [same('c'), both('comenta o item', 'comments on the item')],
    [same('m'), both('escreve o motivo da próxima decisão', 'writes the reason for the next decision')],
    [
      same('u'),
      both(
        'desfaz o último ato, e o anterior, e assim por diante',
        'undoes the last act, and the one before, and so on',
      ),
    ],
    [same('x'), both('em Adiadas: traz de volta à fila', 'in Postponed: brings it back to the queue')],
    [
      same('x g'),
      both(
        'em Corrigidas hoje: desfaz a operação, ou só o grupo',
        'in Corrected today: rolls back the operation, or only the group',
      ),
    ],
    [same('/'), both('busca; Esc a limpa', 'searches; Esc clears it')],
    [
      both('1 a 7', '1 to 7'),
      both(
        'Fila, Segunda aprovação, Adiadas, Corrigidas hoje, Visão geral, Improváveis; Regras, para quem administra',
        'Queue, Second approval, Postponed, Corrected today, Overview, Unlikely; Rules, for administrators',
      ),
    ],
    [same('?'), both('estas teclas', 'these keys')],
  ],
  on: both('Teclas de uma letra ligadas', 'Single-letter keys are on'),
  language: both('', 'What the rules say of a finding comes from the database, in Portuguese.'),
}
