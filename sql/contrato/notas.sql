-- Electronic invoices (notas) read from files by `conferente notas`, each once by its key. The reader has checked schema, signature and
-- protocol; the rule notas_fiscais judges what they prove.
create table audit.notas (
  chave text primary key check (chave ~ '^[0-9A-Z]{44}$|^[0-9A-Z]{50}$'),
  tipo text not null check (tipo in ('nfe', 'nfse')),
  numero bigint not null,
  serie text,
  emitente text not null,
  emitente_nome text,
  emitente_raiz text not null generated always as (lower(case length(emitente) when 14 then left(emitente, 8) else emitente end)) stored,
  destinatario text,
  destinatario_nome text,
  data_emissao date not null,
  emitida_em timestamptz not null,
  valor_total numeric(18, 2) not null,
  valor_liquido numeric(18, 2) not null,
  valor_desconto numeric(18, 2),
  valor_com_tributos numeric(18, 2),
  valor_ibs numeric(18, 2),
  valor_cbs numeric(18, 2),
  parcelas numeric(18, 2)[] not null default '{}',
  finalidade text not null,
  sem_pagamento boolean not null default false,
  producao boolean not null,
  autorizada boolean not null,
  protocolo text,
  cancelada_em timestamptz,
  assinante text,
  confiavel boolean not null,
  certificado bytea not null,
  resumo_assinado text not null,
  arquivo text not null,
  lida_em timestamptz not null default clock_timestamp(),
  lida_por text not null default session_user
);
create index on audit.notas (emitente_raiz, numero);
create index on audit.notas (data_emissao);
create index on audit.notas (lida_em);
create index on audit.notas (certificado);
comment on table audit.notas is 'Electronic notes read from files: NF-e, NFC-e and NFS-e, with schema, signature and protocol checked. Whether one proves an amount is judged by the rule notas_fiscais.';
comment on column audit.notas.chave is 'Access key: 44 positions of an NF-e, 50 of an NFS-e.';
comment on column audit.notas.tipo is 'nfe (NF-e and NFC-e) or nfse.';
comment on column audit.notas.numero is 'Number of the note.';
comment on column audit.notas.serie is 'Its series; null for an NFS-e.';
comment on column audit.notas.emitente is 'CNPJ or CPF of the issuer.';
comment on column audit.notas.emitente_nome is 'Name of the issuer.';
comment on column audit.notas.emitente_raiz is 'First 8 positions of that CNPJ, in lower case: the company.';
comment on column audit.notas.destinatario is 'CNPJ or CPF of the recipient; null if the note names nobody.';
comment on column audit.notas.destinatario_nome is 'Name of the recipient.';
comment on column audit.notas.data_emissao is 'Day of issue, as the note writes it.';
comment on column audit.notas.emitida_em is 'Moment of issue.';
comment on column audit.notas.valor_total is 'Total in BRL: vNF for an NF-e, vServ for an NFS-e.';
comment on column audit.notas.valor_liquido is 'Total less what the note says is withheld; for an NFS-e its vLiq.';
comment on column audit.notas.valor_desconto is 'Discount that the total already leaves out.';
comment on column audit.notas.valor_com_tributos is 'Total with IBS, CBS and IS, if the note states it separately (vNFTot, vTotNF).';
comment on column audit.notas.valor_ibs is 'IBS of the note.';
comment on column audit.notas.valor_cbs is 'CBS of the note.';
comment on column audit.notas.parcelas is 'Amounts of its instalments (duplicatas); empty if it names none.';
comment on column audit.notas.finalidade is '1: an ordinary note. 2: complements another. 3: an adjustment. 4: a return. 5 and 6: credit and debit notes.';
comment on column audit.notas.sem_pagamento is 'True: the note itself says that nothing is paid for it (tPag 90: a shipment, a bonus, a return).';
comment on column audit.notas.producao is 'False: issued in a test, without fiscal value.';
comment on column audit.notas.autorizada is 'Whether SEFAZ authorised exactly this content; for an NFS-e, whether it was issued.';
comment on column audit.notas.protocolo is 'Number of the authorisation.';
comment on column audit.notas.cancelada_em is 'When it was cancelled, by a registered event signed by its issuer, or for an NFS-e by somebody who may sign those; null until one is read.';
comment on column audit.notas.assinante is 'CNPJ of the certificate that signed it; null where the certificate has none.';
comment on column audit.notas.confiavel is 'Whether that certificate leads to a root that is trusted here, and was valid on the day of issue.';
comment on column audit.notas.certificado is 'SHA-256 of that certificate.';
comment on column audit.notas.resumo_assinado is 'Digest of what was signed.';
comment on column audit.notas.arquivo is 'File it was read from, below the folder.';
comment on column audit.notas.lida_em is 'When.';
comment on column audit.notas.lida_por is 'By which login.';

create table audit.notas_recusadas (
  pasta text not null,
  arquivo text not null,
  motivo text not null,
  detalhe text,
  recusada_em timestamptz not null default clock_timestamp(),
  vista_em timestamptz not null default clock_timestamp(),
  primary key (pasta, arquivo)
);
comment on table audit.notas_recusadas is 'Files that the last reading of a folder refused, and why. After the next reading, files that were fixed or removed are no longer listed.';
comment on column audit.notas_recusadas.pasta is 'Folder that was read.';
comment on column audit.notas_recusadas.arquivo is 'File, below the folder.';
comment on column audit.notas_recusadas.motivo is 'ligacao (a link), especial (a pipe or device), ilegivel, tamanho, codificacao (not UTF-8), dtd (a document type or entities), profundidade, xml (not well formed), tipo (no authorised note), esquema, chave, assinatura, protocolo, repetida (other content under the same key).';
comment on column audit.notas_recusadas.detalhe is 'Technical details.';
comment on column audit.notas_recusadas.recusada_em is 'When it was refused first.';
comment on column audit.notas_recusadas.vista_em is 'When last.';

-- Certificates that signed notas: checked again when the trusted roots change.
create table audit_interno.certificados_notas (
  sha256 bytea primary key,
  der bytea not null,
  cnpj text,
  valido_de timestamptz not null,
  valido_ate timestamptz not null,
  confiavel boolean not null
);
comment on table audit_interno.certificados_notas is 'Certificates that signed notes or their cancellations, and whether they lead to a trusted root.';

create table audit_interno.cancelamentos_notas (
  chave text not null,
  certificado bytea not null references audit_interno.certificados_notas,
  cancelada_em timestamptz not null,
  protocolo text,
  aceito boolean not null,
  arquivo text not null,
  primary key (chave, certificado)
);
comment on table audit_interno.cancelamentos_notas is 'Cancellations that were read, even if their notes were not.';

create table audit_interno.arquivos_notas (
  sha256 bytea primary key,
  lido_em timestamptz not null default clock_timestamp()
);
comment on table audit_interno.arquivos_notas is 'Files that were read without error, by their content: they are not read again.';

create table audit_interno.leitura_notas (
  unica boolean primary key default true check (unica),
  pasta text not null,
  iniciada_em timestamptz not null,
  terminada_em timestamptz,
  lidos bigint,
  novas bigint,
  recusados bigint,
  raizes integer not null,
  impedimento text
);
comment on table audit_interno.leitura_notas is 'The last reading of notes, for the diagnosis and the next reading''s time. impedimento: why nothing was read, excesso where there are too many files.';
