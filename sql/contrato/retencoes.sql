-- Taxes withheld at source, an honest reason for a booked amount below its document. Rates change by law, so they are data.
create table audit.retencoes (
  id bigint generated always as identity primary key,
  tributo text not null check (btrim(tributo) <> '' and length(tributo) <= 100),
  aliquota numeric not null check (aliquota > 0 and aliquota < 100),
  vale_de date not null,
  vale_ate date check (vale_ate >= vale_de),
  lei text not null check (btrim(lei) <> '' and length(lei) <= 500),
  ativo boolean not null default true,
  motivo text,
  criado_em timestamptz not null default clock_timestamp(),
  criado_por text not null default session_user,
  unique (tributo, aliquota, vale_de)
);
comment on table audit.retencoes is 'Taxes withheld at source, with their rates, days and laws. Maintain with audit.salvar_retencao.';
comment on column audit.retencoes.id is 'Key.';
comment on column audit.retencoes.tributo is 'Name of the tax. At most one rate of a tax is withheld from a document.';
comment on column audit.retencoes.aliquota is 'Rate, per cent of the expected amount.';
comment on column audit.retencoes.vale_de is 'First day on which it may be withheld.';
comment on column audit.retencoes.vale_ate is 'Last day; null while no end is known.';
comment on column audit.retencoes.lei is 'Law that says so. Taxes of one law are withheld together: a difference is explained by as few laws as possible, and preferably by all taxes of a law.';
comment on column audit.retencoes.ativo is 'Whether rules use it.';
comment on column audit.retencoes.motivo is 'Why it was added, changed or switched off.';
comment on column audit.retencoes.criado_em is 'When it was added.';
comment on column audit.retencoes.criado_por is 'By whom.';

-- CSLL, COFINS and PIS are withheld under one law, at 1, 3 and 0.65 per cent; from a cooperative without CSLL (art. 32). PIS and COFINS
-- stay together: apart, they would explain many a round percentage by chance. LC 214/2025, art. 509, leaves only CSLL from 2027 on. IRRF is
-- older than its first day here, which merely lies before any ledger one may expect.
--
-- Nothing ships for CBS and IBS: the law gives them no rate of withholding, and split payment takes them at the payment. Nor for the rates
-- of public bodies (Lei 9.430/1996, art. 64) and of those who pay INSS on their revenue (Lei 12.546/2011): they concern few, and every
-- further rate explains more by chance.
insert into audit.retencoes (tributo, aliquota, vale_de, vale_ate, lei, motivo)
select r.tributo, r.aliquota, r.vale_de::date, r.vale_ate::date, r.lei, 'vem com o Conferente'
from (values
  ('PIS e COFINS', 3.65, '2004-02-01', '2026-12-31', 'Lei 10.833/2003, arts. 30 e 31; até 2026 pela LC 214/2025, art. 509'),
  ('CSLL', 1, '2004-02-01', '2026-12-31', 'Lei 10.833/2003, arts. 30 e 31; até 2026 pela LC 214/2025, art. 509'),
  ('CSLL', 1, '2027-01-01', null, 'Lei 10.833/2003, arts. 30 e 31, na redação da LC 214/2025, art. 509'),
  ('IRRF', 1, '2000-01-01', null, 'Decreto 9.580/2018 (RIR), art. 716: limpeza, vigilância, locação de mão de obra'),
  ('IRRF', 1.5, '2000-01-01', null, 'Decreto 9.580/2018 (RIR), art. 714: serviços profissionais'),
  ('INSS', 11, '1999-02-01', null, 'Lei 8.212/1991, art. 31'),
  ('ISS', 2, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 2.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 3, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 3.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 4, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 4.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A')
) as r (tributo, aliquota, vale_de, vale_ate, lei);

-- Computed from audit.retencoes by audit_interno.somar_retencoes, for the rules. The lower peso, the likelier: a thousand for each law,
-- plus one for each tax of these laws that is not withheld.
create table regra_validacao_valores.somas_retencao (
  soma numeric not null,
  vale_de date not null,
  vale_ate date not null,
  tributos text not null,
  peso int not null
);
create index on regra_validacao_valores.somas_retencao (soma);
comment on table regra_validacao_valores.somas_retencao is 'Percentages that taxes withheld together take from a document, with the taxes and the days. Derived from audit.retencoes.';
grant select on regra_validacao_valores.somas_retencao to conferente_regra;
