-- Gives notes their cancellations, whichever was read first. One counts that was registered, was signed by the issuer's own company, and
-- by a certificate no less trusted than the note's: whoever can make no note that we believe cannot take one away either. Called by
-- guardar_notas and confiar_certificados.
create or replace function audit_interno.cancelar_notas(chaves text[])
returns bigint
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
        where x.chave = m.chave and x.aceito and left(t.cnpj, 8) = left(m.emitente, 8)
          and (not m.confiavel or t.confiavel and x.cancelada_em between t.valido_de and t.valido_ate)) as cancelada_em
      from audit.notas m
      where m.chave = any (cancelar_notas.chaves)
    ) as c
    where n.chave = c.chave and n.cancelada_em is distinct from c.cancelada_em
    returning n.chave
  )
  select count(*) from cancelada
$$;
comment on function audit_interno.cancelar_notas(text[]) is 'Sets cancelada_em of these notes by the cancellations that were read; returns how many changed.';
