/* The image puller: a compiled library with a table of images beside it, which is mapped into memory
 * when it is imported. A build that cut the table off is not noticed before the first look behind its
 * end: the kernel then sends SIGBUS, and nobody writes a line into any log. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TABLE_BYTES (64 * 1024)

static const unsigned char *table;

static PyObject *pull(PyObject *self, PyObject *args) { return PyLong_FromLong(table[0]); }

static PyMethodDef methods[] = {{"pull", pull, METH_NOARGS, "Pulls the images of the table."}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "puller", 0, -1, methods};

PyMODINIT_FUNC PyInit_puller(void) {
  int file = open(PULLER_TABLE, O_RDONLY);
  if (file < 0) return PyErr_SetFromErrnoWithFilename(PyExc_OSError, PULLER_TABLE);
  table = mmap(0, TABLE_BYTES, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (table == MAP_FAILED) return PyErr_SetFromErrno(PyExc_OSError);
  volatile unsigned sum = 0;
  for (long at = 0; at < TABLE_BYTES; at += 512) sum += table[at];
  return PyModule_Create(&module);
}
