-- Runs a rule over a window whose decided rows are put back as they were, and judges what it finds by what is known about them. HAZARD:
-- must run inside a subtransaction that is rolled back (see audit_interno.rebobinar_casos). Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_decisoes(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
  v_conhecidas bigint;
begin
  perform audit_interno.casos_avaliacao(regra, avaliar_decisoes.data_inicio, avaliar_decisoes.data_fim);
  perform audit_interno.rebobinar_casos(regra);
  if regra.preparacao is not null then
    perform audit_interno.preparar_regra(regra, v_janela);
  end if;
  perform audit_interno.levantar_achados(regra, v_janela);

  create temp table conferente_julgado on commit drop as
  select a.registro_id, a.confianca, a.valores_propostos <> '{}' as propoe, v.certa,
    -- a person said that the row is right, or the right values are those it held
    v.certa is false and (c.rejeitada or c.originais @> c.verdade) as dano
  from pg_temp.conferente_achado a
  left join pg_temp.conferente_caso c on c.registro_id = a.registro_id
  cross join lateral (select case
    -- rejecting one proposal says nothing about another
    when c.rejeitada then case when a.valores_propostos = c.recusados then false end
    when a.valores_propostos = '{}' then not c.originais @> c.verdade
    when c.verdade ?& array(select k from jsonb_object_keys(a.valores_propostos) as k) then c.verdade @> a.valores_propostos
  end as certa) as v;

  select count(*) into v_conhecidas from pg_temp.conferente_caso c where not c.originais @> c.verdade;
  return query select * from audit_interno.resumir_avaliacao(regra, 'decisoes', v_conhecidas);
end
$$;
comment on function audit_interno.avaliar_decisoes(audit.regras, date, date) is
  'Back-test of a rule against decisions and later truth. Only inside a subtransaction that is rolled back.';
