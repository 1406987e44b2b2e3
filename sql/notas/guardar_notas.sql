-- Keeps what a batch of files said, in one transaction: certificates, notes, cancellations, and the contents that need not be read again. A
-- known key with other content is refused, and the first note stays. Called by the reading of notes with the owner's rights: it believes
-- its caller about signatures, so few may call it.
create or replace function audit_interno.guardar_notas(lote jsonb)
returns table (novas bigint, canceladas bigint, repetidas bigint, de date, ate date)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao bigint;
begin
  -- One batch at a time, and none while the list of NFS-e signers changes: otherwise a note and its cancellation could miss each other.
  perform from audit.configuracoes_sistema c where c.chave = 'notas.assinantes_nfse' for update;

  insert into audit_interno.certificados_notas (sha256, der, cnpj, valido_de, valido_ate, confiavel)
  select decode(c.sha256, 'hex'), decode(c.der, 'base64'), c.cnpj, c.valido_de, c.valido_ate, c.confiavel
  from jsonb_to_recordset(lote -> 'certificados')
    as c (sha256 text, der text, cnpj text, valido_de timestamptz, valido_ate timestamptz, confiavel boolean)
  order by 1
  on conflict do nothing;

  -- of two files with one key in one batch, the first counts
  with lida as (
    select distinct on (n.chave) n.*, decode(n.certificado, 'hex') as sha256
    from jsonb_to_recordset(lote -> 'notas') as n (
      ordem int, chave text, tipo text, numero bigint, serie text, emitente text, emitente_nome text, destinatario text, destinatario_nome text,
      data_emissao date, emitida_em timestamptz, valor_total numeric, valor_liquido numeric, valor_desconto numeric, valor_com_tributos numeric,
      valor_ibs numeric, valor_cbs numeric, parcelas numeric[], finalidade text, sem_pagamento boolean, producao boolean, autorizada boolean, protocolo text,
      digest text, certificado text, arquivo text)
    order by n.chave, n.ordem
  ), guardada as (
    insert into audit.notas (chave, tipo, numero, serie, emitente, emitente_nome, destinatario, destinatario_nome, data_emissao, emitida_em,
      valor_total, valor_liquido, valor_desconto, valor_com_tributos, valor_ibs, valor_cbs, parcelas, finalidade, sem_pagamento, producao, autorizada,
      protocolo, assinante, confiavel, certificado, resumo_assinado, arquivo)
    select l.chave, l.tipo, l.numero, l.serie, l.emitente, l.emitente_nome, l.destinatario, l.destinatario_nome, l.data_emissao, l.emitida_em,
      l.valor_total, l.valor_liquido, l.valor_desconto, l.valor_com_tributos, l.valor_ibs, l.valor_cbs, l.parcelas, l.finalidade, coalesce(l.sem_pagamento, false), l.producao,
      l.autorizada, l.protocolo, c.cnpj, c.confiavel and l.emitida_em between c.valido_de and c.valido_ate, c.sha256, l.digest, l.arquivo
    from lida l
    join audit_interno.certificados_notas c on c.sha256 = l.sha256
    order by l.chave
    on conflict do nothing
    returning 1
  )
  select count(*) into novas from guardada;

  with repetida as (
    insert into audit.notas_recusadas as r (pasta, arquivo, motivo, detalhe)
    select distinct on (l.arquivo) lote ->> 'pasta', l.arquivo, 'repetida', l.chave
    from jsonb_to_recordset(lote -> 'notas') as l (chave text, digest text, arquivo text)
    join audit.notas n on n.chave = l.chave and n.resumo_assinado <> l.digest
    order by l.arquivo, l.chave
    on conflict on constraint notas_recusadas_pkey do update set motivo = excluded.motivo, detalhe = excluded.detalhe, vista_em = clock_timestamp()
    returning r.arquivo
  )
  select count(*) into repetidas from repetida;

  insert into audit_interno.cancelamentos_notas (chave, certificado, cancelada_em, protocolo, aceito, arquivo)
  select distinct on (c.chave, c.certificado) c.chave, decode(c.certificado, 'hex'), c.cancelada_em, c.protocolo, c.aceito, c.arquivo
  from jsonb_to_recordset(lote -> 'cancelamentos')
    as c (chave text, certificado text, cancelada_em timestamptz, protocolo text, aceito boolean, arquivo text)
  order by c.chave, c.certificado, c.aceito desc
  on conflict on constraint cancelamentos_notas_pkey do update
    set cancelada_em = excluded.cancelada_em, protocolo = excluded.protocolo, aceito = true, arquivo = excluded.arquivo
    where excluded.aceito and not cancelamentos_notas.aceito;
  select c.quantas, c.de, c.ate into canceladas, de, ate
  from audit_interno.cancelar_notas(array(
    select x ->> 'chave' from jsonb_array_elements((lote -> 'notas') || (lote -> 'cancelamentos')) as x)) as c;

  -- two names that are no UTF-8 may be shown alike
  insert into audit.notas_recusadas (pasta, arquivo, motivo, detalhe)
  select distinct on (r.arquivo) lote ->> 'pasta', r.arquivo, r.motivo, nullif(r.detalhe, '')
  from jsonb_to_recordset(lote -> 'recusados') as r (arquivo text, motivo text, detalhe text)
  order by r.arquivo
  on conflict on constraint notas_recusadas_pkey do update
    set motivo = excluded.motivo, detalhe = excluded.detalhe, vista_em = clock_timestamp();

  insert into audit_interno.arquivos_notas (sha256)
  select decode(a.sha256, 'hex')
  from jsonb_to_recordset(lote -> 'lidos') as a (sha256 text, arquivo text)
  where not exists (
    select from audit.notas_recusadas r
    where r.pasta = lote ->> 'pasta' and r.arquivo = a.arquivo and r.motivo = 'repetida' and r.vista_em >= transaction_timestamp())
  order by 1
  on conflict do nothing;

  if novas > 0 or canceladas > 0 then
    v_operacao := audit_interno.abrir_operacao('notas', detalhes => jsonb_build_object('pasta', lote ->> 'pasta', 'novas', novas,
      'canceladas', canceladas, 'resumo', encode(sha256(convert_to((lote -> 'lidos')::text, 'UTF8')), 'hex')));
    perform audit_interno.fechar_operacao(v_operacao, novas + canceladas);
  end if;
  return next;
end
$$;
comment on function audit_interno.guardar_notas(jsonb) is 'Stores a batch of what was read from files. lote: pasta, certificados, notas, cancelamentos, lidos, recusados, as src/notas writes them. de, ate: first and last day of issue of the cancelled ones.';
