-- Counts the learnable history of the given booking months anew, or of all months when null. Reads dw.lancamentos and the
-- audit tables; writes regras.estatistica_* only. Called by regras.preparar_pendente_verificacao.
create or replace function regras.contar_meses(meses int[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
begin
  delete from regras.estatistica_contagem c where contar_meses.meses is null or c.mes = any (meses);
  delete from regras.estatistica_mes m where contar_meses.meses is null or m.mes = any (meses);
  delete from regras.estatistica_fornecedor f where contar_meses.meses is null or f.mes = any (meses);
  perform regras.conhecer_grafias(meses, null);
  insert into regras.estatistica_fornecedor select * from regras.contar_fornecedores(meses, null);

  -- in order of the key: an index is filled many times faster from left to right, and what is read together lies together.
  -- The key stays: conferente_regra may create nothing in this schema, not even the index that it would be built anew with
  insert into regras.estatistica_contagem (nivel, chave, mes, categoria, linhas)
  select h.nivel, h.chave, h.mes, h.categoria, h.linhas
  from regras.contar_em_metades(meses) h
  order by h.nivel, h.chave, h.mes, h.categoria;
  insert into regras.estatistica_mes (mes, linhas)
  select c.mes, sum(c.linhas)
  from regras.estatistica_contagem c
  where c.nivel = 0 and c.chave = 0 and (contar_meses.meses is null or c.mes = any (meses))
  group by c.mes;
end
$$;

comment on function regras.contar_meses(int[]) is 'Recounts the learnable history of some booking months, or of all when null.';
revoke execute on function regras.contar_meses(int[]) from public;
