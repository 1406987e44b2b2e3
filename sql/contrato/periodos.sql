-- Months whose books are closed, for the company or for one branch. Nothing is written into a closed month: auto leaves it alone, approvals
-- and rollbacks refuse it. The warehouse may list others (the setting periodos.fonte); audit.periodos_fechados() has them all.
create table audit.periodos (
  id bigint generated always as identity primary key,
  mes date not null check (extract(day from mes) = 1),
  filial text check (btrim(filial) <> '' and length(filial) <= 200),
  motivo text not null,
  fechado_por text not null default session_user,
  fechado_em timestamptz not null default clock_timestamp(),
  reaberto_por text,
  reaberto_em timestamptz,
  reaberto_motivo text,
  check ((reaberto_em is null) = (reaberto_por is null) and (reaberto_em is null) = (reaberto_motivo is null))
);
create unique index on audit.periodos (mes, coalesce(audit_interno.dobrar_filial(filial), '')) where reaberto_em is null;
comment on table audit.periodos is 'Months that were closed by audit.fechar_periodo and reopened by audit.reabrir_periodo. For what is closed now, including the warehouse''s own list, see audit.periodos_fechados().';
comment on column audit.periodos.id is 'Key.';
comment on column audit.periodos.mes is 'First day of the month.';
comment on column audit.periodos.filial is 'Branch that was closed; case, accents and blanks do not matter. Null: the whole company.';
comment on column audit.periodos.motivo is 'Why it was closed.';
comment on column audit.periodos.fechado_por is 'Who closed it.';
comment on column audit.periodos.fechado_em is 'When.';
comment on column audit.periodos.reaberto_por is 'Who reopened it; null while it is closed.';
comment on column audit.periodos.reaberto_em is 'When.';
comment on column audit.periodos.reaberto_motivo is 'Why.';

-- Lock between closing a month and writing: a writer shares it until its commit, a closer takes it alone for an instant before its commit.
-- Not audit.periodos itself, to which two people who close different months may write at the same time.
create table audit_interno.trava_periodos (
  unica boolean primary key default true check (unica),
  fechamentos bigint not null default 0
);
insert into audit_interno.trava_periodos default values;
comment on table audit_interno.trava_periodos is 'One row, which each closing changes: whoever writes with an older snapshot notices it there.';
