/* Exits at once: what is measured is the cost of starting it. */
int
main (void)
{
  return 0;
}
