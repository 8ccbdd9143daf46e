pragma Singleton
// The program's one view of a camera; it lies in the LivePicture that came to the screen last, and under that one in the next.
import QtQuick
import KioskUi

CameraView {
    id: view

    property list<Item> places

    anchors.fill: parent

    function lieIn(place: Item) {
        places = [...others(place), place];
        settle();
    }
    function leave(place: Item) {
        places = others(place);
        settle();
    }
    function others(place: Item): list<Item> {
        return places.filter(one => one && one !== place);
    }
    function settle() {
        const top = places.length > 0 ? places[places.length - 1] as LivePicture : null;
        view.parent = top;
        view.objectName = top ? top.viewName : "";
        view.feed = top ? top.feed : null;
    }
}
