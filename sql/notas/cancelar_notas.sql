-- Matches notes and cancellations, whichever was read first. A cancellation counts if it was registered and signed by somebody entitled to:
-- for an NF-e the issuer's company; for an NFS-e whoever signed the note, or is known to sign notes (notas.assinantes_nfse). Its
-- certificate must be no less trusted than the note's: whoever cannot make a note that we believe cannot cancel one either. Called by
-- guardar_notas, confiar_certificados and rever_cancelamentos.
create or replace function audit_interno.cancelar_notas(chaves text[])
returns table (quantas bigint, de date, ate date)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with cancelada as (
    update audit.notas n set cancelada_em = c.cancelada_em
    from (
      select m.chave, (
        select min(x.cancelada_em)
        from audit_interno.cancelamentos_notas x
        join audit_interno.certificados_notas t on t.sha256 = x.certificado
        where x.chave = m.chave and x.aceito
          and case m.tipo when 'nfe' then left(t.cnpj, 8) = left(m.emitente, 8)
            else t.cnpj = m.assinante or audit_interno.configuracao('notas.assinantes_nfse') ? t.cnpj end
          and (not m.confiavel or t.confiavel and x.cancelada_em between t.valido_de and t.valido_ate)) as cancelada_em
      from audit.notas m
      where m.chave = any (cancelar_notas.chaves)
    ) as c
    where n.chave = c.chave and n.cancelada_em is distinct from c.cancelada_em
    returning n.data_emissao
  )
  select count(*), min(c.data_emissao), max(c.data_emissao) from cancelada c
$$;
comment on function audit_interno.cancelar_notas(text[]) is 'Sets cancelada_em of these notes from the cancellations that were read; returns how many changed, and the first and last day of their issue.';
