-- Categories that were renamed, merged or split: from a day on, what was booked under one is booked under another. A person keeps the list,
-- and the rules carry history along.
create table audit.sucessoras_categoria (
  id bigint generated always as identity primary key,
  de text not null check (btrim(de) <> '' and length(de) <= 500),
  para text not null check (btrim(para) <> '' and length(para) <= 500),
  desde date not null check (desde between '0001-01-01' and '9999-12-31'),
  ativo boolean not null default true,
  motivo text,
  criado_em timestamptz not null default clock_timestamp(),
  criado_por text not null default session_user,
  unique (de, para, desde)
);
comment on table audit.sucessoras_categoria is 'Successors of categories: a renamed one has one, a split one several, and a merged one shares it with others. Maintain with audit.salvar_sucessora.';
comment on column audit.sucessoras_categoria.id is 'Key.';
comment on column audit.sucessoras_categoria.de is 'Category that ended, as the ledger writes it.';
comment on column audit.sucessoras_categoria.para is 'Category that took its place, as the ledger writes it.';
comment on column audit.sucessoras_categoria.desde is 'From the month of this day on, entries are booked under the new one. Earlier entries stay as they are.';
comment on column audit.sucessoras_categoria.ativo is 'Whether rules use it.';
comment on column audit.sucessoras_categoria.motivo is 'Why it was added or switched off.';
comment on column audit.sucessoras_categoria.criado_em is 'When.';
comment on column audit.sucessoras_categoria.criado_por is 'By whom.';
