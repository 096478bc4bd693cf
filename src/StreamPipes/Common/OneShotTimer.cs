// A timer that fires once for each Change, whatever the target calls it.
#if NET
global using OneShotTimer = System.Threading.ITimer;
#else
global using OneShotTimer = System.Threading.Timer;
#endif
