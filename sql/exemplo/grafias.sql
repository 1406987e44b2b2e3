-- The eight ways in which different hands write one supplier's name. The first is the one in the register.
create or replace function exemplo.grafias(nome text, sufixo text)
returns text[]
language sql
immutable parallel safe
set search_path = ''
as $$
  select array(select btrim(g, ' -') from unnest(array[
    grafias.nome || ' ' || grafias.sufixo,
    exemplo.maiusculas(grafias.nome || ' ' || replace(grafias.sufixo, '.', '')),
    grafias.nome,
    translate(exemplo.maiusculas(a.curto), '.&', '') || ' ' || exemplo.maiusculas(replace(grafias.sufixo, '.', '')),
    a.curto,
    exemplo.maiusculas(grafias.nome),
    grafias.nome || '  ' || exemplo.maiusculas(grafias.sufixo),
    exemplo.maiusculas(replace(grafias.nome, ' e ', ' & ')) || ' - ' || exemplo.maiusculas(grafias.sufixo)
  ]) with ordinality u (g, ordem) order by u.ordem)
  from (
    select replace(replace(replace(replace(replace(replace(replace(replace(replace(grafias.nome,
      'Transportadora', 'Transp.'), 'Comércio', 'Com.'), 'Serviços', 'Serv.'), 'Indústria', 'Ind.'),
      'Comunicação', 'Comunic.'), 'Engenharia', 'Eng.'), 'Advogados', 'Adv.'), 'Concessionária', 'Conc.'),
      'Componentes', 'Comp.') as curto
  ) a
$$;

comment on function exemplo.grafias(text, text) is
  'Example warehouse: eight spellings of a supplier (abbreviations, no accents, upper case, with and without its legal form).';

revoke execute on function exemplo.grafias(text, text) from public;
