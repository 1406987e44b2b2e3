-- The same back.
update dw.lancamentos t set categoria = current_setting('bancada.errada') from bancada.alvo a where t.id = a.id
