-- Months whose books are closed, of the company or of one branch. While one is closed nothing is written into it: auto leaves what lies
-- there, approvals and rollbacks refuse it. Others may stand in the warehouse (the setting periodos.fonte); all are in audit.periodos_fechados().
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
comment on table audit.periodos is 'Months that were closed by audit.fechar_periodo, and opened again by audit.reabrir_periodo. What is closed now, also by the warehouse''s own list: audit.periodos_fechados().';
comment on column audit.periodos.id is 'Key.';
comment on column audit.periodos.mes is 'First day of the month.';
comment on column audit.periodos.filial is 'Branch whose month it is; case, accents and blanks do not matter. Null: of the whole company.';
comment on column audit.periodos.motivo is 'Why it was closed.';
comment on column audit.periodos.fechado_por is 'Who closed it.';
comment on column audit.periodos.fechado_em is 'When.';
comment on column audit.periodos.reaberto_por is 'Who opened it again; null while it is closed.';
comment on column audit.periodos.reaberto_em is 'When.';
comment on column audit.periodos.reaberto_motivo is 'Why.';

-- What closes and what writes hold this against each other: who writes shares it until the commit, who closes takes it alone for an instant
-- before the commit. Not audit.periodos itself, which two who close different months write at the same time.
create table audit_interno.trava_periodos (
  unica boolean primary key default true check (unica),
  fechamentos bigint not null default 0
);
insert into audit_interno.trava_periodos default values;
comment on table audit_interno.trava_periodos is 'One row, which each closing changes: who writes by an older snapshot learns of it there.';
