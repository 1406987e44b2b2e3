-- What an administrator wants to be sure of for a month's corrections: certificado.erro_maximo at the month's first automatic correction,
-- by the audit trail. A goal set later holds from the next month on: bets must be fixed before their outcome is seen.
create or replace function audit_interno.meta_certificado(mes date)
returns numeric
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select o.detalhes -> 'antes'
    from audit.operacoes o
    where o.tipo = 'configuracao' and o.detalhes ->> 'chave' = 'certificado.erro_maximo' and o.iniciada_em > (
      select min(c.iniciada_em) from audit.operacoes c
      where c.tipo = 'correcao' and c.iniciada_em >= meta_certificado.mes::timestamp at time zone audit.fuso()
        and c.iniciada_em < (meta_certificado.mes + interval '1 month') at time zone audit.fuso())
    order by o.id limit 1), audit_interno.configuracao('certificado.erro_maximo'))::numeric
$$;
comment on function audit_interno.meta_certificado(date) is 'Largest share of a month''s corrected money that may be wrong, as set when the month began.';
