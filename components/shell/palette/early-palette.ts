/** Of the palette's dialog. */
export const PALETTE_ID = 'palette';

/**
 * Runs before the page is alive: the palette's keys open its dialog at once, as the shell does later. What is typed from then on goes
 * into its input. Closed again before that, it forgets what was typed.
 */
export const EARLY_PALETTE_SCRIPT = `addEventListener('keydown',function(e){
var d=document.getElementById('${PALETTE_ID}'),t=e.target,k=e.key;
if(!d||'alive' in d.dataset||e.isComposing||e.altKey)return;
var m=e.metaKey||e.ctrlKey,text=t.matches&&t.matches('input:not([type=checkbox]),textarea,select,[contenteditable]');
if(!(m?k==='k'||k==='K':k==='/'&&!text))return;
e.preventDefault();
if(document.querySelector('dialog[open]'))return;
var i=d.querySelector('input');
d.showModal();i.focus();
d.addEventListener('close',function(){if(!('alive' in d.dataset))i.value=''},{once:true});
},true)`.replaceAll('\n', '');
