import { both } from '../both.ts'

/** Acts that leave the finding as it is: postponing, forwarding, commenting. */
export const aside = {
  postpone: {
    one: both('Adiar 1', 'Postpone 1'),
    many: both('Adiar {n}', 'Postpone {n}'),
  },
  forward: {
    one: both('Encaminhar 1', 'Forward 1'),
    many: both('Encaminhar {n}', 'Forward {n}'),
  },
  comment: {
    one: both('Comentar 1', 'Comment 1'),
    many: both('Comentar {n}', 'Comment {n}'),
  },
  words: both('Comentário', 'Comment'),
  tomorrow: both('amanhã', 'tomorrow'),
  monday: both('segunda-feira', 'Monday'),
  changed: both('até que o registro mude', 'until the row changes'),
  day: both('outro dia', 'another day'),
  until: both('Volta à fila em', 'Back in the queue on'),
  to: both('Para quem', 'To whom'),
  another: both('outra pessoa (digite)', 'somebody else (type the name)'),
  role: {
    revisor: both('quem revisa', 'the reviewers'),
    administrador: both('quem administra', 'the administrators'),
  },
}

export const postponed = {
  until: both('até {day}', 'until {day}'),
  changed: both('até que o registro mude', 'until the row changes'),
  none: both('Nada está adiado.', 'Nothing is postponed.'),
  partly: both('Mostrando as {n} de maior valor, de {total}.', 'Showing the {n} largest amounts of {total}.'),
  more: both('Listar mais', 'List more'),
  back: {
    one: both('Trazer 1 de volta à fila', 'Bring 1 back to the queue'),
    many: both('Trazer {n} de volta à fila', 'Bring {n} back to the queue'),
  },
}
